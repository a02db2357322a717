/** The world's fault: an image that cannot be unpacked, does not fit, or cannot be kept. Its message is the outcome's. */
export class ImageError extends Error {
  override readonly name = "ImageError";
}
