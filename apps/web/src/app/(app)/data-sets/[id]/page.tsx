import { DataSetPage } from "../../../../features/data-sets/data-set-page.tsx";

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  return <DataSetPage id={id} />;
}
