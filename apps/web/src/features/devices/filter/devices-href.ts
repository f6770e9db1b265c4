/** The address of the device list with a filter, for links from other pages. */
export function devicesHref(filter: string): string {
  return filter === "" ? "/devices" : `/devices?filter=${encodeURIComponent(filter)}`;
}
