"""ONNX Runtime's own quantiser, measured as the bench measures ours: `python peer.py REQUEST` prints {result, cost} as its last line."""
import json
import os
import sys

import numpy as np
import onnxruntime
from onnxruntime.quantization import CalibrationDataReader, CalibrationMethod, QuantFormat, QuantType, quantize_dynamic, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process
import time


class Reader(CalibrationDataReader):
    """One sample a batch, pixel / 255."""

    def __init__(self, model, calibration):
        session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
        self.name = session.get_inputs()[0].name
        pixels = np.fromfile(calibration["path"], np.uint8).reshape(calibration["count"], 1, *calibration["shape"])
        self.samples = iter(pixels)

    def get_next(self):
        sample = next(self.samples, None)
        return None if sample is None else {self.name: sample.astype(np.float32) / 255}


def run(request):
    source, output = request["source"], request["outputFile"]
    if request["mode"] == "dynamic":
        quantize_dynamic(source, output, weight_type=QuantType.QInt8)
        return
    prepared = output + ".pre"
    quant_pre_process(source, prepared)
    quantize_static(
        prepared,
        output,
        Reader(prepared, request["calibration"]),
        quant_format=QuantFormat.QDQ,
        per_channel=True,
        activation_type=QuantType.QUInt8,
        weight_type=QuantType[request["weights"]],
        calibrate_method=CalibrationMethod[request["method"]],
        reduce_range=request["reduceRange"],
    )


def peak_bytes():
    try:
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))
    except OSError:
        return None


request = json.loads(sys.argv[1])
started = time.perf_counter()
run(request)
inside = time.perf_counter() - started
times = os.times()
cost = {"insideS": inside, "cpuS": times.user + times.system, "peakBytes": peak_bytes()}
print("\n" + json.dumps({"result": onnxruntime.__version__, "cost": cost}))
