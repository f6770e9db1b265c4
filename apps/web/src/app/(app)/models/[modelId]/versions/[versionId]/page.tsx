import { VersionPage } from "../../../../../../features/models/version-page.tsx";

export default async function Page({ params }: { params: Promise<{ modelId: string; versionId: string }> }) {
  const { modelId, versionId } = await params;
  return <VersionPage modelId={modelId} versionId={versionId} />;
}
