"""Small HDF5 files with what a Keras model never has, and with what only other writers use: python make-hdf5.py <folder> (h5py 3.14)."""
import os
import sys
import h5py, numpy as np

os.chdir(sys.argv[1])
values = np.arange(12, dtype="<f4").reshape(3, 4)

with h5py.File("plain.h5", "w") as f:
    f["group/little"] = values
    f["group/big"] = values.astype(">f8")
    f["group/half"] = values.astype("<f2")
    f["group/whole"] = values.astype("<i4")
    f["group/scalar"] = np.float32(7)
    f.create_dataset("group/packed", data=np.arange(600, dtype="<f4").reshape(20, 30), chunks=(7, 11), compression="gzip", shuffle=True, fletcher32=True)
    f.create_dataset("group/unwritten", shape=(2, 3), dtype="<f4")
    f.attrs["text"] = "Grüße"
    f.attrs["fixed"] = np.array([b"a", b"bcd"])
    f.attrs["list"] = ["one", "two"]
with h5py.File("latest.h5", "w", libver="latest") as f:
    f["group/little"] = values
    f.create_dataset("group/packed", data=values, chunks=(3, 4), compression="gzip")
    f.attrs["text"] = "x"
with h5py.File("dense.h5", "w", libver="latest") as f:
    for index in range(20):
        f[f"member{index}"] = index
with h5py.File("cycle.h5", "w") as f:
    f.create_group("model_weights/loop")
    f["model_weights/loop/again"] = f["model_weights"]
with h5py.File("external-link.h5", "w") as f:
    f["model_weights"] = h5py.ExternalLink("/etc/hostname", "/")
with h5py.File("soft-link.h5", "w") as f:
    f["model_weights"] = h5py.SoftLink("/elsewhere")
with h5py.File("external-data.h5", "w") as f:
    f.create_dataset("values", shape=(4,), dtype="<f4", external=[("/etc/hostname", 0, 16)])
with h5py.File("virtual.h5", "w", libver="latest") as f:
    layout = h5py.VirtualLayout(shape=(4,), dtype="<f4")
    layout[:] = h5py.VirtualSource("/etc/hostname", "x", shape=(4,))
    f.create_virtual_dataset("values", layout)
# What only libver="latest" writes: each kind of chunk index, links and attributes in heaps, large ones alone.
counted = lambda *shape: np.arange(np.prod(shape), dtype="<f4").reshape(shape)
packed = dict(compression="gzip", shuffle=True, fletcher32=True)
with h5py.File("indexes.h5", "w", libver="latest") as f:
    f.create_dataset("single", data=counted(3, 4), chunks=(3, 4), **packed)
    early = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    early.set_chunk((2, 3)), early.set_alloc_time(h5py.h5d.ALLOC_TIME_EARLY)
    implicit = h5py.h5d.create(f.id, b"implicit", h5py.h5t.IEEE_F32LE, h5py.h5s.create_simple((5, 7)), early)
    implicit.write(h5py.h5s.ALL, h5py.h5s.ALL, counted(5, 7))
    f.create_dataset("fixed", data=counted(5, 7), chunks=(2, 3))
    f.create_dataset("fixed_packed", data=counted(5, 7), chunks=(2, 3), maxshape=(9, 11), **packed)
    f.create_dataset("fixed_paged", data=counted(3000), chunks=(2,))
    sparse = f.create_dataset("fixed_sparse", shape=(4000,), dtype="<f4", chunks=(1,))
    sparse[3500] = 7
    f.create_dataset("extensible", data=counted(5, 70), chunks=(2, 3), maxshape=(9, None))
    f.create_dataset("extensible_packed", data=counted(40, 7), chunks=(1, 3), maxshape=(None, 8), **packed)
    f.create_dataset("extensible_paged", data=counted(6000), chunks=(1,), maxshape=(None,))
    f.create_dataset("tree", data=counted(6, 7), chunks=(2, 3), maxshape=(None, None))
    f.create_dataset("tree_packed", data=counted(90, 80), chunks=(2, 3), maxshape=(None, None), **packed)
with h5py.File("heaps.h5", "w", libver="latest") as f:
    for index in range(150):
        f[f"a member with a rather long name {index:04}"] = np.float32(index)
    for index in range(40):
        f.attrs[f"attribute{index}"] = [f"text {index}"]
    f.attrs["large"] = np.bytes_(b"0123456789" * 8000)
