/** How far the clocks of server and deployer may be apart before a fresh file is taken for a settled one. */
const marginMs = 10_000;

/**
 * Whether size and time will still tell one content from the next: FTP tells times to the second, so that a file
 * written twice within one second looks the same both times. Only a file that was older than that when it was read is
 * known by them.
 */
export const isSettled = (time: string, readAtMs: number): boolean => {
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)/.exec(time)?.map(Number) ?? [];
  if (year === undefined || month === undefined) return false;
  return Date.UTC(year, month - 1, day, hour, minute, second) + marginMs < readAtMs;
};
