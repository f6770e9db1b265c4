import { DataSetPage } from "../../../../features/data-sets/data-set-page.tsx";
import { UrlState } from "../../../../features/shell/url-state.tsx";

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  return (
    <UrlState>
      <DataSetPage id={id} />
    </UrlState>
  );
}
