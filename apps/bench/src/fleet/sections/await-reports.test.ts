import { expect, it } from "vitest";
import { describeOverload } from "./await-reports.ts";

const run = { perSecond: 10_000, seconds: 60, writtenAtEnd: 598_000, withDevicesAtEnd: 500, elapsedS: 60.4 };

it("says nothing of a run that kept up and has all", () => {
  expect(describeOverload({ ...run, whereabouts: { end: "drained", sent: 600_000, written: 600_000, withDevices: 0 } })).toBeNull();
});

it("tells what was late from what is lost", () => {
  const late = { ...run, writtenAtEnd: 180_000, withDevicesAtEnd: 400_000, elapsedS: 190 };
  const drained = describeOverload({ ...late, whereabouts: { end: "drained", sent: 600_000, written: 600_000, withDevices: 0 } });
  expect(drained).toMatch(/10,000\/s were offered for 60 s and 3,000\/s reached/);
  expect(drained).toMatch(
    /400,000 were with their devices, not acknowledged, and 20,000 between broker and Postgres\. All were there after 190 s/,
  );
  const cut = describeOverload({ ...late, whereabouts: { end: "cut", sent: 600_000, written: 500_000, withDevices: 90_000 } });
  expect(cut).toMatch(/90,000 with their devices, 10,000 between broker and Postgres\. What is lost, if anything, is not known/);
});

it("names what is lost even where the rate was kept", () => {
  const lost = describeOverload({ ...run, whereabouts: { end: "stalled", sent: 600_000, written: 599_990, withDevices: 3 } });
  expect(lost).toBe("Then nothing came any more: 3 are still with their devices, 7 were acknowledged and are lost.");
  const twice = describeOverload({ ...run, whereabouts: { end: "drained", sent: 600_000, written: 600_001, withDevices: 0 } });
  expect(twice).toBe("Every device's last report is in Postgres, but 1 are there twice.");
});
