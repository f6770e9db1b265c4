"""Files as Keras 1 wrote them (1.0 to 1.2, TensorFlow and Theano), with the answers of the same models in Keras 2: python make-keras1.py <folder>."""
import json, os, sys
os.environ["TF_CPP_MIN_LOG_LEVEL"]="3"
import h5py, numpy as np, tf_keras as K
from tf_keras import layers as L
rng=np.random.default_rng(5)
def save(name, layers, model, groups, x, backend, version, first=False):
    d=f"{sys.argv[1]}/{name}"; os.makedirs(d,exist_ok=True)
    with h5py.File(f"{d}/k2.h5","w") as f:
        if version: f.attrs["keras_version"]=version.encode()
        if backend: f.attrs["backend"]=backend.encode()
        f.attrs["model_config"]=json.dumps({"class_name":"Sequential","config":layers}).encode()
        g=f.create_group("model_weights"); g.attrs["layer_names"]=[n.encode() for n,_ in groups]
        for n,ws in groups:
            l=g.create_group(n); l.attrs["weight_names"]=[f"{n}_{w}".encode() for w,_ in ws]
            for w,v in ws: l.create_dataset(f"{n}_{w}",data=v)
    y=model(x,training=False); np.save(f"{d}/in_0.npy",np.transpose(x,(0,3,1,2)) if first else x); np.save(f"{d}/out2_0.npy",np.asarray(y))
def lay(c,**k): return {"class_name":c,"config":k}
# a small picture model, once in the order of TensorFlow, once as Theano kept it
W1=rng.normal(size=(3,3,2,4)).astype("f"); b1=rng.normal(size=4).astype("f"); W2=rng.normal(size=(48,3)).astype("f")*.3; b2=rng.normal(size=3).astype("f")
bn=[rng.normal(size=4).astype("f") for _ in range(3)]+[np.abs(rng.normal(size=4)).astype("f")+.3]
m=K.Sequential([K.Input((8,10,2)),L.Conv2D(4,3,activation="relu"),L.BatchNormalization(epsilon=1e-5),L.MaxPooling2D(),L.Flatten(),L.Dense(3,activation="softmax")])
m.set_weights([W1,b1,*bn[:2],*bn[2:],W2,b2])
x=rng.normal(size=(3,8,10,2)).astype("f")
def config(order,shape): return [lay("Convolution2D",name="convolution2d_1",batch_input_shape=[None,*shape],input_dtype="float32",nb_filter=4,nb_row=3,nb_col=3,border_mode="valid",subsample=[1,1],dim_ordering=order,bias=True,activation="linear",init="glorot_uniform",trainable=True,W_regularizer=None),
  lay("Activation",name="activation_1",activation="relu",trainable=True),lay("BatchNormalization",name="batchnormalization_1",mode=0,axis=-1 if order=="tf" else 1,epsilon=1e-5,momentum=.99,trainable=True),
  lay("MaxPooling2D",name="maxpooling2d_1",pool_size=[2,2],strides=[2,2],border_mode="valid",dim_ordering=order,trainable=True),lay("Dropout",name="dropout_1",p=.5,trainable=True),lay("Flatten",name="flatten_1",trainable=True),
  lay("Dense",name="dense_1",output_dim=3,activation="softmax",bias=True,input_dim=None,trainable=True)]
BN=[("gamma",bn[0]),("beta",bn[1]),("running_mean",bn[2]),("running_std",bn[3])]
groups=lambda W,D:[("convolution2d_1",[("W",W),("b",b1)]),("activation_1",[]),("batchnormalization_1",BN),("maxpooling2d_1",[]),("dropout_1",[]),("flatten_1",[]),("dense_1",[("W",D),("b",b2)])]
save("keras1_tf",config("tf",(8,10,2)),m,groups(W1,W2),x,"tensorflow","1.2.2")
# channels first: Theano flattens [c, h, w], and its convolutions turn the kernel round
D=W2.reshape(3,4,4,3).transpose(2,0,1,3).reshape(48,3)
save("keras1_th",config("th",(2,8,10)),m,groups(W1[::-1,::-1].transpose(3,2,0,1),D),x,"theano","1.1.1",first=True)
# recurrent layers keep a weight a gate
def gates(n,order,names,k):
    s=np.split(k[0],len(order),-1),np.split(k[1],len(order),-1),np.split(k[2],len(order),-1)
    return [(f"{w}_{g}",s[j][order.index(g)]) for g in names for j,w in enumerate("WUb")]
m=K.Sequential([K.Input((5,3)),L.LSTM(4,return_sequences=True,recurrent_activation="hard_sigmoid"),L.GRU(3,reset_after=False,recurrent_activation="hard_sigmoid"),L.Dense(2)])
w=[rng.normal(size=v.shape).astype("f")*.5 for v in m.get_weights()]; m.set_weights(w); x=rng.normal(size=(3,5,3)).astype("f")
rn=dict(inner_activation="hard_sigmoid",activation="tanh",go_backwards=False,stateful=False,unroll=False,consume_less="cpu",trainable=True,dropout_U=0.,dropout_W=0.)
save("keras1_rnn",[lay("LSTM",name="lstm_1",batch_input_shape=[None,5,3],output_dim=4,return_sequences=True,forget_bias_init="one",inner_init="orthogonal",**rn),lay("GRU",name="gru_1",output_dim=3,return_sequences=False,**rn),lay("Dense",name="dense_1",output_dim=2,activation="linear",bias=True,trainable=True)],m,
 [("lstm_1",gates("lstm_1","ifco","icfo",w[:3])),("gru_1",gates("gru_1","zrh","zrh",w[3:6])),("dense_1",[("W",w[6]),("b",w[7])])],x,None,None)
