// CanvasKit: draws to a raster surface: paths, text, gradients, filters, images, pictures, a Lottie-free animation; PNG out and in.
import { font } from '../lib/font.mjs';
import { random } from '../lib/inputs.mjs';
import { workload } from '../lib/workload.mjs';

function drawPaths(kit, canvas, next) {
  const n = (limit) => (next() % (limit * 10)) / 10;
  for (let i = 0; i < 60; i++) {
    const paint = new kit.Paint();
    paint.setColor(kit.Color(next() % 256, next() % 256, next() % 256, 0.3 + (next() % 7) / 10));
    paint.setAntiAlias(i % 3 > 0);
    paint.setStyle(i % 2 ? kit.PaintStyle.Stroke : kit.PaintStyle.Fill);
    paint.setStrokeWidth(n(8));
    paint.setStrokeJoin(kit.StrokeJoin.Round);
    paint.setBlendMode([kit.BlendMode.SrcOver, kit.BlendMode.Multiply, kit.BlendMode.Screen, kit.BlendMode.Xor][next() % 4]);
    if (i % 5 === 0) paint.setShader(kit.Shader.MakeLinearGradient([n(100), 0], [300, n(300)], [kit.RED, kit.BLUE, kit.Color(0, 255, 0, 0.4)], [0, 0.3, 1], kit.TileMode.Mirror));
    if (i % 7 === 0) paint.setMaskFilter(kit.MaskFilter.MakeBlur(kit.BlurStyle.Normal, 1 + n(5), true));
    if (i % 9 === 0) paint.setPathEffect(kit.PathEffect.MakeDash([9, 4, 2, 4], n(5)));
    if (i % 11 === 0) paint.setImageFilter(kit.ImageFilter.MakeBlur(2, 3, kit.TileMode.Decal, null));
    if (i % 13 === 0) paint.setColorFilter(kit.ColorFilter.MakeMatrix([0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0]));
    const path = kit.Path.MakeFromSVGString(`M${n(400)} ${n(400)}C${n(400)} ${n(400)} ${n(400)} ${n(400)} ${n(400)} ${n(400)}Q${n(400)} ${n(400)} ${n(400)} ${n(400)}L${n(400)} ${n(400)}${i % 2 ? '' : 'Z'}`);
    canvas.save();
    canvas.rotate(n(30), 200, 200);
    if (i % 4) canvas.drawPath(path, paint);
    else canvas.drawRRect(kit.RRectXY(kit.XYWHRect(n(300), n(300), 20 + n(90), 10 + n(90)), n(20), n(20)), paint);
    canvas.restore();
    path.delete();
    paint.delete();
  }
}

function drawText(kit, canvas, typeface) {
  const paint = new kit.Paint();
  paint.setAntiAlias(true);
  for (const size of [9, 14.5, 31]) {
    const face = new kit.Font(typeface, size);
    face.setSubpixel(true);
    face.setHinting?.(kit.FontHinting.None);
    canvas.drawText(`Wring it out, AVA fi ${size}`, 20, 60 + size * 4, paint, face);
    const glyphs = face.getGlyphIDs('measured');
    const blob = kit.TextBlob.MakeOnPath('along a curve', kit.Path.MakeFromSVGString('M20 300Q200 200 380 300'), face);
    if (blob) canvas.drawTextBlob(blob, 0, size, paint);
    paint.setColor(kit.Color(glyphs.length * 20, Math.round(face.getGlyphWidths(glyphs)[2] * 10) % 256, 90, 1));
    face.delete();
  }
}

await workload('canvaskit', async ({ require, dir, print, scale }) => {
  const kit = await require('./bin/canvaskit.js')({ locateFile: (file) => `${dir}/bin/${file}` });
  const typeface = kit.Typeface.MakeTypefaceFromData(font());
  const next = random(131);
  return () => {
    for (let round = 0; round < Math.max(1, 4 * scale); round++) {
      const surface = kit.MakeSurface(400, 400);
      const canvas = surface.getCanvas();
      canvas.clear(kit.WHITE);
      drawPaths(kit, canvas, next);
      if (typeface) drawText(kit, canvas, typeface);
      const image = surface.makeImageSnapshot();
      print('pixels', image.readPixels(0, 0, { width: 400, height: 400, colorType: kit.ColorType.RGBA_8888, alphaType: kit.AlphaType.Unpremul, colorSpace: kit.ColorSpace.SRGB }));
      const png = image.encodeToBytes();
      print('png', png);
      const back = kit.MakeImageFromEncoded(png);
      canvas.drawImageRectCubic(back, kit.XYWHRect(50, 50, 300, 200), kit.XYWHRect(0, 0, 400, 400), 0.3, 0.3, null);
      surface.flush();
      print('scaled', surface.makeImageSnapshot([10, 10, 200, 210]).encodeToBytes(kit.ImageFormat.PNG, 90));
      surface.delete();
    }
    const a = kit.Path.MakeFromSVGString('M0 0L90 0L90 90L0 90Z');
    for (const op of [kit.PathOp.Difference, kit.PathOp.Intersect, kit.PathOp.Union, kit.PathOp.XOR]) {
      const result = kit.Path.MakeFromOp(a, kit.Path.MakeFromSVGString('M45 45m-40 0a40 40 0 1 0 80 0a40 40 0 1 0-80 0'), op);
      print('path', result.toSVGString());
    }
    print('metrics', JSON.stringify(kit.Matrix.invert(kit.Matrix.multiply(kit.Matrix.rotated(0.5), kit.Matrix.scaled(2, 3)))));
  };
});
