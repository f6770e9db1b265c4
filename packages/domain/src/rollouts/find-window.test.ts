import type { MaintenanceWindow } from "@flotilla/contracts";
import { describe, expect, test } from "vitest";
import { findWindow } from "./find-window.ts";

const every = (from: string, to: string): MaintenanceWindow => ({ days: ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], from, to });
const on = (day: MaintenanceWindow["days"][number], from: string, to: string): MaintenanceWindow => ({ days: [day], from, to });
const say = (windows: MaintenanceWindow[], timeZone: string, now: string) => {
  const { open, opensAt } = findWindow(windows, timeZone, new Date(now));
  return open ? "open" : (opensAt?.toISOString() ?? "never");
};

test.each<[string, MaintenanceWindow[], string, string, string]>([
  ["without windows", [], "Europe/Berlin", "2026-03-02T12:00:00Z", "open"],
  ["within it, in the device's own clock", [every("13:00", "14:00")], "Europe/Berlin", "2026-03-02T12:00:00Z", "open"],
  ["the same instant elsewhere", [every("13:00", "14:00")], "Asia/Tokyo", "2026-03-02T12:00:00Z", "2026-03-03T04:00:00.000Z"],
  ["its end is outside", [every("11:00", "12:00")], "UTC", "2026-03-02T12:00:00Z", "2026-03-03T11:00:00.000Z"],
  ["its beginning is inside", [every("12:00", "13:00")], "UTC", "2026-03-02T12:00:00Z", "open"],
  ["over midnight, before", [every("22:00", "04:00")], "UTC", "2026-03-02T23:59:59Z", "open"],
  ["over midnight, after", [on("mon", "22:00", "04:00")], "UTC", "2026-03-03T03:59:59Z", "open"],
  ["from a time to the same one: a whole day", [on("mon", "06:00", "06:00")], "UTC", "2026-03-03T05:00:00Z", "open"],
  ["another day of the week", [on("sun", "10:00", "11:00")], "UTC", "2026-03-02T12:00:00Z", "2026-03-08T10:00:00.000Z"],
  ["today's is over: the next is a week ahead", [on("mon", "10:00", "11:00")], "UTC", "2026-03-02T12:00:00Z", "2026-03-09T10:00:00.000Z"],
  [
    "the earliest of several",
    [every("20:00", "21:00"), every("18:00", "19:00")],
    "UTC",
    "2026-03-02T12:00:00Z",
    "2026-03-02T18:00:00.000Z",
  ],
  ["half an hour off", [every("17:30", "18:00")], "Asia/Kolkata", "2026-03-02T12:00:00Z", "open"],
  ["a zone that nobody knows is UTC", [every("12:00", "13:00")], "Mars/Olympus", "2026-03-02T12:00:00Z", "open"],
])("%s", (_, windows, zone, now, expected) => {
  expect(say(windows, zone, now)).toBe(expected);
});

describe("when the clock changes", () => {
  // Berlin 2026: 29 March 02:00 becomes 03:00 (01:00 UTC); 25 October 03:00 becomes 02:00 (01:00 UTC).
  test.each<[string, MaintenanceWindow, string, string]>([
    ["before the change it opens by winter time", every("04:00", "05:00"), "2026-03-28T00:00:00Z", "2026-03-28T03:00:00.000Z"],
    ["after it by summer time", every("04:00", "05:00"), "2026-03-29T00:00:00Z", "2026-03-29T02:00:00.000Z"],
    ["one that begins in the hour left out begins after it", every("02:30", "05:00"), "2026-03-29T00:00:00Z", "2026-03-29T01:30:00.000Z"],
    ["one that lies within the hour left out is as long as ever", every("02:15", "02:45"), "2026-03-29T01:20:00Z", "open"],
    ["of an hour that comes twice the first counts", every("02:30", "02:45"), "2026-10-25T00:00:00Z", "2026-10-25T00:30:00.000Z"],
    ["and the second does not", every("02:30", "02:45"), "2026-10-25T01:35:00Z", "2026-10-26T01:30:00.000Z"],
    ["one over the change lasts an hour longer", every("01:00", "04:00"), "2026-10-25T02:30:00Z", "open"],
  ])("%s", (_, window, now, expected) => {
    expect(say([window], "Europe/Berlin", now)).toBe(expected);
  });
});
