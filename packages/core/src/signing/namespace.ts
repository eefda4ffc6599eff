/**
 * What a signature is for: the same key over the same bytes for another purpose does not count. Which one is demanded
 * follows from what is read, never from data.
 */
export type Namespace =
  | "hawser-release@v1"
  | "hawser-desired@v1"
  | "hawser-form@v1"
  | "hawser-plan@v1"
  | "hawser-secrets@v1";
