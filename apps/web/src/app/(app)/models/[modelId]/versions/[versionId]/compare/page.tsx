import { ComparePage } from "../../../../../../../features/models/compare-page.tsx";
import { UrlState } from "../../../../../../../features/shell/url-state.tsx";

export default async function Page({ params }: { params: Promise<{ modelId: string; versionId: string }> }) {
  const { modelId, versionId } = await params;
  return (
    <UrlState>
      <ComparePage modelId={modelId} versionId={versionId} />
    </UrlState>
  );
}
