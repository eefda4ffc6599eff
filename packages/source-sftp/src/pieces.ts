import type { SftpFile } from "@hawser/ssh";

/** Every server reads as much at once; one that gives less is asked again. */
const pieceBytes = 64 * 1024;
const piecesAhead = 16;

/**
 * At least `length` bytes unless the file ends before. `more`: how many are asked for beyond, to see whether the file
 * ends there.
 */
const readPiece = async (file: SftpFile, start: number, length: number, more: number): Promise<Buffer> => {
  let piece = await file.read(start, length + more);
  while (piece.length < length) {
    const rest = await file.read(start + piece.length, length + more - piece.length);
    if (rest.length === 0) break;
    piece = Buffer.concat([piece, rest]);
  }
  return piece;
};

/**
 * The bytes of a file from an offset on, in order, with many reads in flight. `end` is where it should end; a file that
 * is shorter gives fewer bytes, and one that is longer one more.
 */
export async function* readPieces(file: SftpFile, start: number, end: number): AsyncGenerator<Buffer> {
  const inFlight: Promise<Buffer>[] = [];
  let asked = start;
  let askedAll = false;
  const ask = (): void => {
    if (askedAll) return;
    const length = Math.min(pieceBytes, end - asked);
    askedAll = asked + length >= end;
    const piece = readPiece(file, asked, length, askedAll ? 1 : 0);
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
