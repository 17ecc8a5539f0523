// Pictures from a file: decoded and scaled down by the browser, so that what is kept is small and holds nothing but pixels.

/** Longest side kept, in pixels. */
const SIDE_MAX_PX = 768;
const QUALITY = 0.86;

/** A picture ready to be stored, or null when the browser cannot read the file as one. Metadata (place, camera) is left out. */
export const readPicture = async (file: Blob): Promise<Blob | null> => {
	const bitmap = await createImageBitmap(file).catch(() => null);
	if (bitmap === null) return null;
	try {
		const scale = Math.min(1, SIDE_MAX_PX / Math.max(bitmap.width, bitmap.height));
		const canvas = document.createElement('canvas');
		canvas.width = Math.max(1, Math.round(bitmap.width * scale));
		canvas.height = Math.max(1, Math.round(bitmap.height * scale));
		const context = canvas.getContext('2d');
		if (context === null) return null;
		context.imageSmoothingQuality = 'high';
		context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
		// A browser without a WebP encoder gives PNG instead, which is as good, only larger.
		return await new Promise((resolve) => canvas.toBlob(resolve, 'image/webp', QUALITY));
	} finally {
		bitmap.close();
	}
};
