"use client";
import { Button, ConfirmDialog, Table, Td, Th, Tr } from "@flotilla/ui";
import { type ComponentType, useState } from "react";

export interface RecordColumn<Row> {
  key: string;
  label: string;
  numeric?: boolean;
  /** Left out on a phone, where the first column says it too or it can be done without. */
  wide?: boolean;
  Cell: ComponentType<{ row: Row }>;
}

/** What ends a record: asked for with its reach, then done. */
export interface RecordEnd<Row> {
  label: string;
  /** The button's name for who hears it: "Remove Ada". */
  labelOf: (row: Row) => string;
  offered: (row: Row) => boolean;
  title: (row: Row) => string;
  reach: (row: Row) => string;
  run: (row: Row) => Promise<unknown>;
}

export interface RecordTableProps<Row> {
  label: string;
  /** Heads the column of the buttons, read out only. */
  actionsLabel: string;
  rows: readonly Row[];
  keyOf: (row: Row) => string;
  columns: readonly RecordColumn<Row>[];
  end: RecordEnd<Row>;
}

/** Records of the organisation, each with the one way to end it. */
export function RecordTable<Row>({ label, actionsLabel, rows, keyOf, columns, end }: RecordTableProps<Row>) {
  const [ending, setEnding] = useState<Row | null>(null);
  const classOf = (column: RecordColumn<Row>) => (column.wide === true ? "max-sm:hidden" : undefined);
  return (
    <>
      <Table label={label}>
        <thead>
          <tr>
            {columns.map((column) => (
              <Th key={column.key} numeric={column.numeric === true} className={classOf(column)}>
                {column.label}
              </Th>
            ))}
            <Th>
              <span className="sr-only">{actionsLabel}</span>
            </Th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Tr key={keyOf(row)}>
              {columns.map((column) => (
                <Td key={column.key} numeric={column.numeric === true} className={classOf(column)}>
                  <column.Cell row={row} />
                </Td>
              ))}
              <Td numeric>
                {end.offered(row) && (
                  <Button variant="ghost" size="sm" aria-label={end.labelOf(row)} onClick={() => setEnding(row)}>
                    {end.label}
                  </Button>
                )}
              </Td>
            </Tr>
          ))}
        </tbody>
      </Table>
      {ending !== null && (
        <ConfirmDialog
          open
          onOpenChange={(open) => {
            if (!open) setEnding(null);
          }}
          danger
          title={end.title(ending)}
          reach={end.reach(ending)}
          confirmLabel={end.label}
          onConfirm={() => end.run(ending)}
        />
      )}
    </>
  );
}
