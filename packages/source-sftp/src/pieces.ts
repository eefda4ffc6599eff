import type { SftpFile } from "@hawser/ssh";

/** Every server reads as much at once; one that gives less is asked again. */
const pieceBytes = 64 * 1024;
const piecesAhead = 16;

/** Fewer bytes than were asked for: the file ended before. */
const readPiece = async (file: SftpFile, start: number, length: number): Promise<Buffer> => {
  let piece = await file.read(start, length);
  while (piece.length < length) {
    const more = await file.read(start + piece.length, length - piece.length);
    if (more.length === 0) break;
    piece = Buffer.concat([piece, more]);
  }
  return piece;
};

/** The bytes of a file from an offset to its known end, in order, with many reads in flight. It may give fewer. */
export async function* readPieces(file: SftpFile, start: number, end: number): AsyncGenerator<Buffer> {
  const inFlight: Promise<Buffer>[] = [];
  let asked = start;
  const ask = (): void => {
    const length = Math.min(pieceBytes, end - asked);
    if (length <= 0) return;
    const piece = readPiece(file, asked, length);
    // Who stops reading hears nothing of those that are left.
    piece.catch(() => {});
    inFlight.push(piece);
    asked += length;
  };
  for (let count = 0; count < piecesAhead; count += 1) ask();
  for (let piece = inFlight.shift(); piece !== undefined; piece = inFlight.shift()) {
    const bytes = await piece;
    if (bytes.length > 0) yield bytes;
    ask();
  }
}
