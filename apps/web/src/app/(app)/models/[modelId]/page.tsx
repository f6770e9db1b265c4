import { ModelPage } from "../../../../features/models/model-page.tsx";

export default async function Page({ params }: { params: Promise<{ modelId: string }> }) {
  const { modelId } = await params;
  return <ModelPage id={modelId} />;
}
