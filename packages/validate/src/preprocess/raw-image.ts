/** Pixels 0…255, row by row, channels interleaved: `data[(y * width + x) * channels + c]`. Colour is in RGB order. */
export interface RawImage {
  width: number;
  height: number;
  channels: 1 | 3;
  data: Uint8Array;
}
