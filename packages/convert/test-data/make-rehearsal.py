"""Diverse models, saved by Keras 3 (.keras, .h5) and tf_keras (.h5, .keras) with inputs and answers: python make-rehearsal.py <folder> [name…].

Keras 3.15, tf_keras 2.21, h5py 3.14. After the models: cudnn.py's and the forms' steps at the end."""
import os; os.environ["TF_CPP_MIN_LOG_LEVEL"]="3"
import sys, json, traceback, warnings, glob, shutil, zipfile
import logging; logging.disable(logging.WARNING); warnings.simplefilter("ignore")
import numpy as np, tensorflow as tf, keras as K3, tf_keras as K2
tf.config.threading.set_intra_op_parallelism_threads(1); tf.config.threading.set_inter_op_parallelism_threads(1)
OUT=sys.argv[1]; CASES={}
def case(*shapes, k2=True, k3=True, ints=None, data=None, post=None, rnd=True):
    def reg(f): CASES[f.__name__]=(f,shapes,k2,k3,ints,data,post,rnd); return f
    return reg
def N(*s): return lambda r:[r.normal(size=s).astype("f")]
@case((6,10,3))
def td_nested(K,i,L):
    inner_in=K.Input((10,3)); s=K.Sequential([L.Conv1D(4,3,activation="relu"),L.MaxPooling1D(2)],name="seq"); x=s(inner_in); x=L.Flatten()(x); inner=K.Model(inner_in,L.Dense(5)(x),name="inner")
    return L.LSTM(4)(L.TimeDistributed(inner)(i[0]))
@case((20,),ints=("int32",0,12))
def text_cls(K,i,L):
    x=L.Embedding(12,6,mask_zero=True)(i[0]); x=L.SpatialDropout1D(.2)(x); x=L.Bidirectional(L.LSTM(4,return_sequences=True,dropout=.1,recurrent_dropout=.1))(x); a=L.Attention()([x,x]); x=L.Concatenate()([a,x]); x=L.GlobalMaxPooling1D()(x); return L.Dense(1,activation="sigmoid")(x)
@case((16,16,3))
def se_block(K,i,L):
    x=L.Conv2D(8,3,padding="same",activation=K.activations.swish)(i[0]); s=L.GlobalAveragePooling2D()(x); s=L.Reshape((1,1,8))(s); s=L.Conv2D(2,1,activation="relu")(s); s=L.Conv2D(8,1,activation="hard_sigmoid")(s); x=L.Multiply()([x,s]); return L.Activation("softmax")(L.Conv2D(5,1)(x))
@case((5,6,5,2),(3,3,3))
def convlstm_init(K,i,L):
    s=L.Conv2D(3,1)(L.ZeroPadding2D(((1,2),(1,1)))(i[1])); x=L.ConvLSTM2D(3,3,padding="same",return_sequences=True)(i[0],initial_state=[s,s]); return x
@case((6,5))
def wrapnorm(K,i,L): return L.SpectralNormalization(L.Dense(4))(i[0])
@case((6,8),(6,8))
def attn_var(K,i,L): return [L.Attention(score_mode="concat")(i),L.Attention(use_scale=True,score_mode="dot",dropout=.1)([i[0],i[1],i[0]]),L.AdditiveAttention(use_scale=False)(i),L.Attention()(i,use_causal_mask=True),*L.Attention()(i,return_attention_scores=True)]
@case((6,8),(7,8),k2=False)
def gqa(K,i,L): return [L.GroupQueryAttention(4,4,2)(i[0],i[1]),L.GroupQueryAttention(3,6,3,use_bias=False)(i[0],i[0],use_causal_mask=True)]
@case((6,),ints=("int32",0,9))
def cat_enc(K,i,L): return [L.CategoryEncoding(num_tokens=10,output_mode="multi_hot")(i[0]),L.CategoryEncoding(num_tokens=10,output_mode="count")(i[0]),L.CategoryEncoding(num_tokens=10,output_mode="multi_hot")(i[0][:,:1])]
@case((1,),ints=("int32",0,9))
def cat_onehot(K,i,L): return L.Dense(3)(L.CategoryEncoding(num_tokens=10,output_mode="one_hot")(i[0]))
@case((5,))
def discretize_mh(K,i,L): return [L.Discretization(bin_boundaries=[-1.,0.,.5,1.],output_mode="multi_hot")(i[0]),L.Discretization(bin_boundaries=[-1.,0.,.5,1.],output_mode="count")(i[0])]
@case((5,3))
def rnn_stack_state(K,i,L): return tf.nest.flatten(L.RNN([L.GRUCell(4),L.LSTMCell(3)],return_state=True)(i[0]))
@case((7,3))
def td_norm(K,i,L): return [L.TimeDistributed(L.BatchNormalization())(i[0]),L.TimeDistributed(L.LayerNormalization())(i[0]),L.TimeDistributed(L.RepeatVector(2))(i[0])]
@case((3,4,6))
def mha_axes(K,i,L): return L.MultiHeadAttention(2,3,attention_axes=(1,2))(i[0],i[0])
@case((8,8,4),k3=False)
def local_conn(K,i,L): return [L.LocallyConnected2D(3,3)(i[0]),L.LocallyConnected1D(3,2)(L.Reshape((16,16))(i[0]))]
@case((5,6,5,2))
def convlstm_mask2(K,i,L):
    m=L.Masking()(i[0]); x=L.ConvLSTM2D(3,3,padding="same",return_sequences=True)(m); return [x,L.ConvLSTM2D(2,3,padding="same",go_backwards=True)(m)]
CASES["convlstm_mask2"]=CASES["convlstm_mask2"][:2]+(False,)+CASES["convlstm_mask2"][3:5]+(lambda r:[(lambda x:(x.__setitem__((0,slice(3,None)),0),x.__setitem__((1,2),0),x.__setitem__((2,0),0),x.__setitem__((2,3,1),0),x)[-1])(r.normal(size=(3,5,6,5,2)).astype("f"))],)+CASES["convlstm_mask2"][6:]
@case((4,9,8,2))
def bi_convlstm2(K,i,L): return L.Bidirectional(L.ConvLSTM2D(3,3,return_state=True),merge_mode="sum")(i[0])
def quant(mode,**kw):
    def post(K,m):
        m.quantize(mode,**kw)
        for l in m._flatten_layers():
            if getattr(l,"inputs_quantizer",None) is not None: l.inputs_quantizer=None
        return m
    return post
@case((6,8),k2=False,post=quant("int8"))
def q_dense(K,i,L): return L.Dense(5,activation="relu")(L.Dense(7,use_bias=False)(L.Flatten()(i[0])))
@case((6,8),k2=False,post=quant("int8"))
def q_einsum(K,i,L): return [L.EinsumDense("abc,cde->abde",output_shape=(None,3,4),bias_axes="de")(i[0]),L.EinsumDense("abc,cd->abd",output_shape=(None,6),activation="relu")(i[0])]
@case((6,),k2=False,ints=("int32",0,9),post=quant("int8"))
def q_embed(K,i,L): return L.Dense(3)(L.Flatten()(L.Embedding(9,4)(i[0])))
@case((6,8),k2=False,post=quant("int8"))
def q_mha(K,i,L): return L.MultiHeadAttention(2,4)(i[0],i[0])
def cudnn(kind):
    def f(K,i,L):
        x=getattr(L,kind)(4,return_sequences=True,reset_after=True)(i[0]) if kind=="GRU" else L.LSTM(4,return_sequences=True)(i[0])
        return L.Dense(2)(getattr(L,kind)(3)(x))
    return f
CASES["cudnn_LSTM"]=(cudnn("LSTM"),((5,3),),True,False,None,None,None,True)
CASES["cudnn_GRU"]=(cudnn("GRU"),((5,3),),True,False,None,None,None,True)
@case((6,8),(7,8),k2=False)
def gqa2(K,i,L): return [L.GroupQueryAttention(4,4,2,use_gate=True)(i[0],i[1]),L.GroupQueryAttention(4,2,1)(i[1],i[1]),*L.GroupQueryAttention(4,2,2)(i[0],i[1],return_attention_scores=True)]
@case((5,),ints=("int32",0,30))
def int_lookup2(K,i,L): return [L.IntegerLookup(vocabulary=[3,5,8,13,21],num_oov_indices=2)(i[0]),L.IntegerLookup(vocabulary=[3,5,8,13,21],num_oov_indices=1,mask_token=2)(i[0]),L.IntegerLookup(vocabulary=[3,5,8,13,21],output_mode="count")(i[0])]
@case((3,4),k2=False,ints=("int32",0,9))
def cat4(K,i,L): return [L.CategoryEncoding(num_tokens=10,output_mode="one_hot")(i[0]),L.Discretization(bin_boundaries=[1.,4.],output_mode="one_hot")(i[0])]
@case((9,12,3))
def crop_aspect(K,i,L): return [L.Resizing(7,13,crop_to_aspect_ratio=True)(i[0]),L.Resizing(6,4,crop_to_aspect_ratio=True,interpolation="nearest")(i[0]),L.CenterCrop(12,10)(i[0]),L.CenterCrop(20,30)(i[0])]
@case((9,12,3),k2=False)
def pad_aspect(K,i,L): return [L.Resizing(7,13,pad_to_aspect_ratio=True)(i[0]),L.Resizing(6,4,pad_to_aspect_ratio=True,fill_value=.5)(i[0])]
@case((9,12,3))
def random_crop(K,i,L): return [L.RandomCrop(6,5)(i[0]),L.RandomCrop(12,20)(i[0])]
@case((3,4,6),(3,5,6))
def mha_axes2(K,i,L): return [L.MultiHeadAttention(2,3,attention_axes=(2,))(i[0],i[1]),L.MultiHeadAttention(2,3,attention_axes=(1,2))(i[0],i[1])]
@case((4,6))
def app_layers(K,i,L):
    if K is K3:
        from keras.src.applications.convnext import LayerScale; from keras.src.applications.inception_resnet_v2 import CustomScaleLayer
    else:
        from tf_keras.src.applications.convnext import LayerScale; from tf_keras.src.applications.inception_resnet_v2 import CustomScaleLayer
    x=LayerScale(.1,6)(i[0]); return CustomScaleLayer(.3)([i[0],x])
def randomise(m,seed):
    r=np.random.default_rng(seed); ws=[]
    vs=m.weights
    for w in vs:
        a=np.array(tf.cast(w.numpy() if hasattr(w,"numpy") else w,tf.float32)) if "bfloat16" in str(w.dtype) else np.array(w)
        if a.dtype.kind!="f" or a.ndim==0: ws.append(a); continue
        v=r.normal(size=a.shape)*.4; n=(getattr(w,"path",None) or w.name)
        if "var" in n.split("/")[-1]: v=np.abs(v)+.3
        ws.append(v.astype(a.dtype))
    m.set_weights(ws)
ONLY=sys.argv[2:]; bad=[]
for name,(f,shapes,k2,k3,ints,data,post,rnd) in CASES.items():
    if ONLY and name not in ONLY: continue
    d=f"{OUT}/{name}"; os.makedirs(d,exist_ok=True)
    for K,on,tag in ((K3,k3,"3"),(K2,k2,"2")):
        if not on: continue
        r=np.random.default_rng(sum(map(ord,name)))
        try:
            K.backend.clear_session()
            dts=ints[0] if ints else "float32"
            if not isinstance(dts,tuple): dts=(dts,)*len(shapes)
            if shapes:
                ins=[K.Input(s,dtype=dts[j],name=f"in{j}") for j,s in enumerate(shapes)]
                out=f(K,ins,K.layers)
                if isinstance(out,tuple): out=list(out)
                m=out if isinstance(out,K.Model) else K.Model(ins if len(ins)>1 else ins[0],out,name=name)
            else: m=f(K,None,K.layers)
            if rnd: randomise(m,7)
            if post: m=post(K,m) or m
            if data: xs=data(r)
            else: xs=[(r.integers(ints[1],ints[2],size=(3,)+tuple(i.shape[1:])).astype(str(i.dtype.name if hasattr(i.dtype,"name") else i.dtype)) if ints and "int" in str(i.dtype) else r.normal(size=(3,)+tuple(i.shape[1:])).astype("f")) for i in m.inputs]
            for j,x in enumerate(xs): np.save(f"{d}/in_{j}.npy",x)
            arg=[tf.constant(x) for x in xs] if len(xs)>1 else tf.constant(xs[0])
            if name=='dict_io': arg={'alpha':arg[0],'beta':arg[1]}
            y=m(arg,training=False); y=tf.nest.flatten(y)
            for j,o in enumerate(y): np.save(f"{d}/out{tag}_{j}.npy",np.asarray(tf.cast(o,tf.float32)))
            if tag=="3":
                m.save(f"{d}/model.keras"); m.save(f"{d}/k3.h5")
            else:
                m.save(f"{d}/k2.h5")
                try: m.save(f"{d}/k2.keras")
                except Exception as e: bad.append((name,"k2.keras",str(e)[:100]))
        except Exception as e:
            if os.environ.get('TB'): traceback.print_exc()
            bad.append((name,tag,f"{type(e).__name__} {str(e)[:300]}"))
print(len(CASES),"cases")
for b in bad: print(b)

import h5py
from tf_keras.src.saving.legacy import hdf5_format as H
# CuDNN's layers cannot run on a CPU: the weights of their twins, turned round, under their class names; Keras' own way back must agree.
for kind in("LSTM","GRU"):
    p=f"{OUT}/cudnn_{kind}/k2.h5"; m=K2.models.load_model(p)
    with h5py.File(p,"r+") as f:
        c=json.loads(f.attrs["model_config"])
        for l in c["config"]["layers"]:
            if l["class_name"]!=kind: continue
            l["class_name"]="CuDNN"+kind
            keep="name trainable dtype units return_sequences return_state go_backwards stateful kernel_initializer recurrent_initializer bias_initializer unit_forget_bias time_major".split()
            l["config"]={k:v for k,v in l["config"].items() if k in keep}
            layer=m.get_layer(l["config"]["name"]); layer.cell._name=layer.cell.name
            g={"LSTM":4,"GRU":3}[kind]
            src=layer.get_weights(); u=layer.units
            # inverse of hdf5_format._convert_rnn_weights
            def ti(from_cudnn):
                order="F" if from_cudnn else "C"
                return lambda kernel: kernel.T.reshape(kernel.shape,order=order)
            hs=lambda k,fn: np.hstack([fn(x) for x in np.hsplit(k,g)])
            k=hs(src[0],ti(False)); r=hs(src[1],lambda x:x.T)
            if kind=="LSTM":
                n=u*4; b=np.tile(.5*src[2],2)
            else: b=np.array(src[2]).reshape(-1)
            D=type("LSTM",(),{})() 
            grp=f["model_weights"][layer.name]; names=[x.decode() if isinstance(x,bytes) else x for x in grp.attrs["weight_names"]]
            for nme,a in zip(names,[k,r,b]):
                del grp[nme]; grp[nme]=a.astype("f")
        f.attrs["model_config"]=json.dumps(c)
    # the library's own conversion must agree
    m2=K2.models.load_model(f"{OUT}/cudnn_{kind}/k2.keras"); 
    with h5py.File(p) as f:
        for l in m2.layers:
            if type(l).__name__==kind:
                grp=f["model_weights"][l.name]; ws=[np.array(grp[x]) for x in grp.attrs["weight_names"]]
                back=H._convert_rnn_weights(l,ws); print(kind,l.name,[float(abs(x-y).max()) for x,y in zip(back,l.get_weights())])
    os.remove(f"{OUT}/cudnn_{kind}/k2.keras")

# Other ways to keep a model: shards, to_json() beside save_weights(), HDF5 in its latest layout.
def zl(out,files):
    with zipfile.ZipFile(out,"w") as f:
        for n,p in files: f.write(p,n)
for name in("se_block","td_nested"):
    src=f"{OUT}/{name}"
    for form in("shard","side","legacy2","latest","latest3","model_json"):
        d=f"{OUT}/{name}_{form}"; shutil.rmtree(d,ignore_errors=True); os.makedirs(d)
        for f in glob.glob(src+"/*.npy"): shutil.copy(f,d)
    m=K3.models.load_model(src+"/model.keras")
    open(f"{OUT}/config.json","w").write(m.to_json())
    for f in glob.glob(f"{OUT}/m*weights*"): os.remove(f)
    m.save_weights(f"{OUT}/m.weights.json",max_shard_size=1000/1024**3)
    fs=[("config.json",f"{OUT}/config.json")]+[(os.path.basename(f),f) for f in glob.glob(f"{OUT}/m*weights*")]; print([x[0] for x in fs])
    zl(f"{OUT}/{name}_shard/model.keras",[("x/"+a,b) for a,b in fs])
    m.save_weights(f"{OUT}/only.weights.h5"); zl(f"{OUT}/{name}_side/model.keras",[("config.json",f"{OUT}/config.json"),("only.weights.h5",f"{OUT}/only.weights.h5")])
    m2=K2.models.load_model(src+"/k2.h5"); open(f"{OUT}/config2.json","w").write(m2.to_json()); m2.save_weights(f"{OUT}/w2.h5")
    zl(f"{OUT}/{name}_legacy2/k2.keras",[("config.json",f"{OUT}/config2.json"),("w2.h5",f"{OUT}/w2.h5")])
    zl(f"{OUT}/{name}_model_json/k2.keras",[("model.json",f"{OUT}/config2.json"),("model.h5",f"{OUT}/w2.h5")])
    def latest(a,b):
        with h5py.File(a) as f, h5py.File(b,"w",libver="latest") as g:
            for k in f: f.copy(k,g)
            for k in f.attrs: g.attrs[k]=f.attrs[k]
    latest(src+"/k2.h5",f"{OUT}/{name}_latest/k2.h5"); latest(src+"/k3.h5",f"{OUT}/{name}_latest3/k3.h5")
