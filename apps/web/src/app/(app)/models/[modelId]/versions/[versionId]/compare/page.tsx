import { ComparePage } from "../../../../../../../features/models/compare-page.tsx";

export default async function Page({ params }: { params: Promise<{ modelId: string; versionId: string }> }) {
  const { modelId, versionId } = await params;
  return <ComparePage modelId={modelId} versionId={versionId} />;
}
