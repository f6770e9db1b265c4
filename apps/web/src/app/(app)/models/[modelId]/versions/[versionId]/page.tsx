import { VersionPage } from "../../../../../../features/models/version-page.tsx";
import { UrlState } from "../../../../../../features/shell/url-state.tsx";

export default async function Page({ params }: { params: Promise<{ modelId: string; versionId: string }> }) {
  const { modelId, versionId } = await params;
  return (
    <UrlState>
      <VersionPage modelId={modelId} versionId={versionId} />
    </UrlState>
  );
}
