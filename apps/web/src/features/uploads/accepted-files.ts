/** What the file dialog offers; the server looks at the bytes. */
export const accepts = { model: ".onnx,.h5,.hdf5,.keras,.tflite,.zip", "data-set": ".zip,.npy" } as const;
