/** What the file dialog offers; the server looks at the bytes. Parts that mean something together are chosen together. */
export const accepts = {
  model: ".onnx,.h5,.hdf5,.keras,.tflite,.zip,.json,.bin",
  "data-set": ".zip,.npy",
  reference: ".npz,.zip,.npy",
} as const;
