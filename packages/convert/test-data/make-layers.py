"""Small models, a layer or two each, saved by Keras 3 (.keras, .h5) and tf_keras (.h5) with inputs and outputs."""
import os; os.environ["TF_CPP_MIN_LOG_LEVEL"]="3"
import sys, json, traceback, warnings
warnings.simplefilter("ignore")
import numpy as np, tensorflow as tf, keras as K3, tf_keras as K2
OUT=sys.argv[1]; ONLY=sys.argv[2:] 
CASES={}
def case(name, *shapes, k2=True, k3=True, ints=None, data=None, fixed=None):
    def reg(f): CASES[name]=(f,shapes,k2,k3,ints,data); return f
    return reg
def seq(*layers):
    def f(K,ins,L): 
        x=ins[0]
        for l in layers: x=l(L,K)(x)
        return x
    return f
def add(name, shape, *layers, **kw): CASES[name]=(seq(*layers),(shape,),kw.get("k2",True),kw.get("k3",True),kw.get("ints"),kw.get("data"))
# convolutions
for p in ("same","valid","causal"):
    add(f"conv1d_{p}",(11,4),lambda L,K,p=p:L.Conv1D(6,3,strides=2 if p!="causal" else 1,dilation_rate=2 if p=="causal" else 1,padding=p,activation="relu"))
add("conv2d_groups",(9,8,6),lambda L,K:L.Conv2D(4,(3,2),groups=2,padding="same",strides=2))
add("conv2d_dil",(12,11,3),lambda L,K:L.Conv2D(4,3,dilation_rate=(2,3),padding="same"))
add("conv3d",(6,7,5,2),lambda L,K:L.Conv3D(3,(2,3,2),strides=2,padding="same"))
add("conv3d_first",(2,6,7,5),lambda L,K:L.ZeroPadding3D(1,data_format="channels_first"),lambda L,K:L.Cropping3D(((1,0),(0,1),(1,1)),data_format="channels_first"))
add("dw1d",(9,4),lambda L,K:L.DepthwiseConv1D(3,strides=2,padding="same",depth_multiplier=2))
add("dw2d",(9,8,3),lambda L,K:L.DepthwiseConv2D((3,2),strides=2,padding="same",depth_multiplier=2,activation="tanh"))
add("dw2d_dil",(9,8,3),lambda L,K:L.DepthwiseConv2D((3,2),dilation_rate=2,padding="valid",use_bias=False))
add("sep1d",(9,4),lambda L,K:L.SeparableConv1D(5,3,padding="same",depth_multiplier=2))
add("sep2d",(9,8,3),lambda L,K:L.SeparableConv2D(5,(3,2),strides=2,padding="same"))
for p in ("same","valid"):
    add(f"ct1_{p}",(7,3),lambda L,K,p=p:L.Conv1DTranspose(4,3,strides=2,padding=p))
    add(f"ct2_{p}",(5,6,3),lambda L,K,p=p:L.Conv2DTranspose(4,(3,2),strides=(2,3),padding=p))
    add(f"ct2_k5s2_{p}",(5,6,3),lambda L,K,p=p:L.Conv2DTranspose(2,5,strides=2,padding=p))
    add(f"ct2_op_{p}",(5,6,3),lambda L,K,p=p:L.Conv2DTranspose(4,3,strides=2,padding=p,output_padding=1))
    add(f"ct2_k1s3_{p}",(4,5,2),lambda L,K,p=p:L.Conv2DTranspose(3,1,strides=3,padding=p))
    add(f"ct3_{p}",(3,4,3,2),lambda L,K,p=p:L.Conv3DTranspose(3,3,strides=2,padding=p))
add("conv_unknown",(None,None,3),lambda L,K:L.Conv2D(4,3,strides=2,padding="same"),lambda L,K:L.MaxPooling2D(2,padding="same"),lambda L,K:L.GlobalAveragePooling2D(),data=lambda r:[r.normal(size=(2,11,14,3)).astype("f")])
add("ct_unknown",(None,None,3),lambda L,K:L.Conv2D(4,3,padding="same"),lambda L,K:L.Conv2DTranspose(4,3,strides=2,padding="same"),lambda L,K:L.UpSampling2D(2),data=lambda r:[r.normal(size=(2,5,7,3)).astype("f")])
# pooling
for p in ("same","valid"):
    add(f"pool2_{p}",(9,8,3),lambda L,K,p=p:L.MaxPooling2D((3,2),strides=(2,3),padding=p))
    add(f"avg2_{p}",(9,8,3),lambda L,K,p=p:L.AveragePooling2D((3,2),strides=(2,2),padding=p))
    add(f"avg1_{p}",(9,3),lambda L,K,p=p:L.AveragePooling1D(4,strides=3,padding=p))
    add(f"pool3_{p}",(6,5,7,2),lambda L,K,p=p:L.MaxPooling3D(2,padding=p))
    add(f"avg3_{p}",(6,5,7,2),lambda L,K,p=p:L.AveragePooling3D(3,strides=2,padding=p))
for d in (1,2,3):
    sh=(5,4,3)[:d]+(2,)
    for m in ("Max","Average"):
        add(f"gp_{m}{d}",sh,lambda L,K,d=d,m=m:getattr(L,f"Global{m}Pooling{d}D")())
        add(f"gpk_{m}{d}",sh,lambda L,K,d=d,m=m:getattr(L,f"Global{m}Pooling{d}D")(keepdims=True))
# norm
add("bn1",(6,),lambda L,K:L.BatchNormalization())
add("bn_axis1",(4,5,6),lambda L,K:L.BatchNormalization(axis=1,scale=False))
add("bn_3d",(4,6),lambda L,K:L.BatchNormalization(center=False))
add("ln",(4,5,6),lambda L,K:L.LayerNormalization())
add("ln_axes",(4,5,6),lambda L,K:L.LayerNormalization(axis=[1,2]))
add("ln_axis1",(4,5,6),lambda L,K:L.LayerNormalization(axis=1,center=False))
add("ln_all",(4,5,6),lambda L,K:L.LayerNormalization(axis=[1,2,3],scale=False))
add("gn",(4,5,6),lambda L,K:L.GroupNormalization(groups=3))
add("gn_inst",(4,5,6),lambda L,K:L.GroupNormalization(groups=-1,scale=False))
add("gn_axis1",(6,4,5),lambda L,K:L.GroupNormalization(groups=2,axis=1))
add("gn_2d",(6,),lambda L,K:L.GroupNormalization(groups=2))
add("unit",(4,5),lambda L,K:L.UnitNormalization())
add("unit_ax",(4,5,3),lambda L,K:L.UnitNormalization(axis=[1,2]))
add("rms",(4,5),lambda L,K:L.RMSNormalization(),k2=False)
# activations
for a in ["linear","relu","relu6","leaky_relu","elu","celu","selu","gelu","silu","sigmoid","log_sigmoid","hard_sigmoid","hard_silu","tanh","hard_tanh","tanh_shrink","soft_shrink","hard_shrink","softmax","log_softmax","softplus","softsign","exponential","mish","squareplus","sparse_plus","glu","threshold"]:
    add("act_"+a,(4,6),lambda L,K,a=a:L.Dense(8,activation=a),k2=a in("linear","relu","elu","selu","gelu","sigmoid","hard_sigmoid","tanh","softmax","softplus","softsign","exponential","mish","swish"))
add("act_layer",(4,6),lambda L,K:L.Dense(8,activation=L.LeakyReLU(0.37)),lambda L,K:L.Dense(5,activation=L.ReLU(max_value=1.5)))
add("relu_all",(4,6),lambda L,K:L.ReLU(max_value=1.1,negative_slope=.2,threshold=.3))
add("relu_slope",(4,6),lambda L,K:L.ReLU(negative_slope=.2,max_value=.5))
add("leaky",(4,6),lambda L,K:L.LeakyReLU(0.12))
add("prelu",(4,5,6),lambda L,K:L.PReLU(alpha_initializer="uniform"))
add("prelu_s",(4,5,6),lambda L,K:L.PReLU(shared_axes=[1,2],alpha_initializer="uniform"))
add("trelu",(4,6),lambda L,K:L.ThresholdedReLU(.4),k3=False)
add("softmax_axes",(4,5,6),lambda L,K:L.Softmax(axis=[1,3]))
add("softmax_1",(4,5,6),lambda L,K:L.Softmax(axis=1))
# reshaping
add("flat_first",(3,4,5),lambda L,K:L.Flatten(data_format="channels_first"))
add("flat_1",(),lambda L,K:L.Flatten())
add("perm",(3,4,5),lambda L,K:L.Permute((3,1,2)))
add("resh",(3,4,5),lambda L,K:L.Reshape((6,-1)))
add("repeat",(4,),lambda L,K:L.RepeatVector(3))
add("zp1",(4,2),lambda L,K:L.ZeroPadding1D((1,2)))
add("zp2",(4,3,2),lambda L,K:L.ZeroPadding2D(((1,2),(0,1))))
add("zp2_first",(2,4,3),lambda L,K:L.ZeroPadding2D((1,2),data_format="channels_first"))
add("crop1",(6,2),lambda L,K:L.Cropping1D((1,2)))
add("crop2",(6,5,2),lambda L,K:L.Cropping2D(((1,2),(0,1))))
add("up1",(4,2),lambda L,K:L.UpSampling1D(3))
add("up2",(4,3,2),lambda L,K:L.UpSampling2D((2,3)))
add("up2_bil",(4,3,2),lambda L,K:L.UpSampling2D((2,3),interpolation="bilinear"))
add("up2_cub",(5,4,2),lambda L,K:L.UpSampling2D((2,3),interpolation="bicubic"))
add("up3",(3,2,2,2),lambda L,K:L.UpSampling3D((2,1,3)))
# preprocessing
add("resc",(4,3,3),lambda L,K:L.Rescaling(1/127.5,offset=-1))
add("norm_given",(4,3),lambda L,K:L.Normalization(axis=-1,mean=[1.,2.,3.],variance=[1.,4.,9.]))
add("norm_inv",(4,3),lambda L,K:L.Normalization(axis=-1,mean=[1.,2.,3.],variance=[1.,4.,9.],invert=True))
add("norm_none",(4,3),lambda L,K:L.Normalization(axis=None,mean=2.,variance=3.))
def adapted(**kw):
    def f(L,K):
        l=L.Normalization(**kw); l.adapt(np.random.default_rng(3).normal(2,3,size=(20,4,3)).astype("f")); return l
    return f
add("norm_ad",(4,3),adapted(axis=-1)); add("norm_ad2",(4,3),adapted(axis=(1,2))); add("norm_ad3",(4,3),adapted(axis=None))
for i in ("bilinear","nearest","bicubic"):
    add("resize_"+i,(7,9,3),lambda L,K,i=i:L.Resizing(5,12,interpolation=i))
    add("resize2_"+i,(7,9,3),lambda L,K,i=i:L.Resizing(14,4,interpolation=i))
add("resize_u8",(7,9,3),lambda L,K:L.Resizing(10,10),lambda L,K:L.Rescaling(1/255),ints=("uint8",0,256))
add("ccrop",(7,9,3),lambda L,K:L.CenterCrop(4,6))
add("ident",(6,4),lambda L,K:L.SpatialDropout1D(.4),lambda L,K:L.GaussianNoise(1.),lambda L,K:L.GaussianDropout(.3),lambda L,K:L.AlphaDropout(.3),lambda L,K:L.ActivityRegularization(.1))
# recurrent
for c in ("LSTM","GRU","SimpleRNN"):
    for rs in (0,1):
        add(f"{c}_{rs}",(5,3),lambda L,K,c=c,rs=rs:getattr(L,c)(4,return_sequences=bool(rs)))
        add(f"{c}_back_{rs}",(5,3),lambda L,K,c=c,rs=rs:getattr(L,c)(4,return_sequences=bool(rs),go_backwards=True,use_bias=False))
    for m in ("concat","sum","mul","ave"):
        add(f"bi_{c}_{m}",(5,3),lambda L,K,c=c,m=m:L.Bidirectional(getattr(L,c)(4,return_sequences=m!="sum"),merge_mode=m))
    add(f"rnncell_{c}",(5,3),lambda L,K,c=c:L.RNN(getattr(L,c+"Cell")(4)))
add("lstm_act",(5,3),lambda L,K:L.LSTM(4,activation="relu",recurrent_activation="hard_sigmoid"))
add("gru_v1",(5,3),lambda L,K:L.GRU(4,reset_after=False,activation="softsign"))
add("stacked",(5,3),lambda L,K:L.RNN([L.LSTMCell(4),L.GRUCell(3),L.SimpleRNNCell(5)]))
add("stacked_seq",(5,3),lambda L,K:L.RNN([L.LSTMCell(4),L.LSTMCell(6)],return_sequences=True))
def masked_data(r):
    x=r.normal(size=(4,6,3)).astype("f"); x[0,3:]=0; x[1,:2]=0; x[2,1]=0; x[2,4]=0; x[3]=0; return [x]
for c in ("LSTM","GRU","SimpleRNN"):
    for rs in (0,1):
        add(f"mask_{c}_{rs}",(6,3),lambda L,K:L.Masking(),lambda L,K,c=c,rs=rs:getattr(L,c)(4,return_sequences=bool(rs)),data=masked_data)
    add(f"mask_bi_{c}",(6,3),lambda L,K:L.Masking(),lambda L,K,c=c:L.Bidirectional(getattr(L,c)(4,return_sequences=True)),lambda L,K,c=c:L.Bidirectional(getattr(L,c)(3)),data=masked_data)
    add(f"mask_back_{c}",(6,3),lambda L,K:L.Masking(),lambda L,K,c=c:getattr(L,c)(4,go_backwards=True,return_sequences=True),data=masked_data)
add("embed_mask",(6,),lambda L,K:L.Embedding(10,5,mask_zero=True),lambda L,K:L.LSTM(4),ints=("int32",0,4))
add("embed_gap",(6,),lambda L,K:L.Embedding(10,5,mask_zero=True),lambda L,K:L.GlobalAveragePooling1D(),ints=("int32",0,4))
add("embed_f",(6,),lambda L,K:L.Embedding(10,5),lambda L,K:L.Flatten(),data=lambda r:[r.integers(0,9,size=(3,6)).astype("f")])
add("td_conv",(4,6,5,2),lambda L,K:L.TimeDistributed(L.Conv2D(3,3,activation="relu")),lambda L,K:L.TimeDistributed(L.Flatten()),lambda L,K:L.TimeDistributed(L.Dense(4)),lambda L,K:L.LSTM(3))
add("td_unknown",(None,6,5,2),lambda L,K:L.TimeDistributed(L.Conv2D(3,3)),lambda L,K:L.TimeDistributed(L.GlobalMaxPooling2D()),data=lambda r:[r.normal(size=(2,3,6,5,2)).astype("f")])
add("td_model",(4,6),lambda L,K:L.TimeDistributed(K.Sequential([K.Input((6,)),L.Dense(5,activation="relu"),L.BatchNormalization(),L.Dense(3)])))
add("lstm_unknown",(None,3),lambda L,K:L.LSTM(4,return_sequences=True),lambda L,K:L.Dense(2),data=lambda r:[r.normal(size=(2,7,3)).astype("f")])
for p in ("same","valid"):
    add(f"convlstm_{p}",(4,7,6,2),lambda L,K,p=p:L.ConvLSTM2D(3,3,padding=p,return_sequences=p=="same",strides=1 if p=="same" else 2))
add("convlstm_back",(4,7,6,2),lambda L,K:L.ConvLSTM2D(3,(2,3),padding="same",return_sequences=True,go_backwards=True))
add("convlstm1",(4,7,2),lambda L,K:L.ConvLSTM1D(3,3,padding="same"))
# merges
@case("merge_all",(4,5),(4,5),(4,5))
def f(K,i,L): return [L.Add()(i),L.Subtract()(i[:2]),L.Multiply()(i),L.Average()(i),L.Maximum()(i),L.Minimum()(i),L.Concatenate(axis=1)(i)]
@case("merge_rank",(4,5),(5,))
def f(K,i,L): return L.Add()([i[0],L.Reshape((1,5))(i[1])]), L.Multiply()(i)
@case("dot",(4,5),(6,5))
def f(K,i,L): return [L.Dot(axes=2)(i), L.Dot(axes=(2,2),normalize=True)(i)]
@case("dot1",(5,),(5,))
def f(K,i,L): return [L.Dot(axes=1)(i), L.Dot(axes=-1,normalize=True)(i)]
@case("dot21",(5,),(4,5))
def f(K,i,L): return L.Dot(axes=(1,2))(i)
@case("mha",(5,8),(7,8))
def f(K,i,L): return [L.MultiHeadAttention(2,4)(i[0],i[1]),L.MultiHeadAttention(2,3,value_dim=5,use_bias=False)(i[0],i[1],i[1]),L.MultiHeadAttention(3,4,output_shape=6)(i[0],i[0],use_causal_mask=True)]
@case("mha_mask",(6,),ints=("int32",0,4))
def f(K,i,L):
    x=L.Embedding(10,8,mask_zero=True)(i[0]); return L.MultiHeadAttention(2,4)(x,x)
@case("mha_scores",(5,8))
def f(K,i,L): return list(L.MultiHeadAttention(2,4)(i[0],i[0],return_attention_scores=True))
@case("attn",(5,8),(7,8))
def f(K,i,L): return [L.Attention()(i),L.Attention(use_scale=True)(i),L.AdditiveAttention()(i)]
@case("einsum",(5,8))
def f(K,i,L): return [L.EinsumDense("abc,cd->abd",output_shape=(None,6),bias_axes="d",activation="relu")(i[0]),L.EinsumDense("abc,cde->abde",output_shape=(None,3,4),bias_axes="de")(i[0]),L.EinsumDense("...x,xy->...y",output_shape=4,bias_axes="y")(i[0]),L.EinsumDense("abc,bd->adc",output_shape=(4,8),bias_axes="d")(i[0])]
@case("state",(5,3))
def f(K,i,L):
    y,h,c=L.LSTM(4,return_state=True,return_sequences=True)(i[0]); g=L.LSTM(4)(y,initial_state=[h,c]); z,s=L.GRU(3,return_state=True)(i[0]); return [g,y,h,c,z,L.GRU(3,return_sequences=True)(i[0],initial_state=s)]
@case("bi_state",(5,3))
def f(K,i,L):
    o=L.Bidirectional(L.LSTM(4,return_state=True,return_sequences=True))(i[0]); return list(o)+[L.Bidirectional(L.LSTM(4))(o[0],initial_state=o[1:])]
@case("shared",(8,),(8,))
def f(K,i,L):
    d=L.Dense(5,activation="tanh"); inner=K.Sequential([K.Input((5,)),L.Dense(4),L.BatchNormalization()]); a,b=inner(d(i[0])),inner(d(i[1])); return [L.Subtract()([a,b]),inner(L.Dense(5)(i[0]))]
@case("nested",(8,8,3))
def f(K,i,L):
    a=K.Input((8,8,3)); x=L.Conv2D(4,3)(a); x=L.BatchNormalization()(x); inner=K.Model(a,[x,L.GlobalMaxPooling2D()(x)]); b=K.Input((8,8,3)); p,q=inner(b); outer=K.Model(b,[L.Conv2D(2,1)(p),q]); outer.layers[1].trainable=False
    p,q=outer(i[0]); return [L.Flatten()(p),L.Dense(3)(q)]
@case("frozen",(8,))
def f(K,i,L):
    x=L.Dense(4)(i[0]); bn=L.BatchNormalization(); bn.trainable=False; inner=K.Sequential([K.Input((4,)),L.Dense(4),bn,L.Dense(4),L.BatchNormalization()]); return inner(x)
@case("ops3",(4,6),k2=False)
def f(K,i,L):
    o=K.ops; i=i[0]; return [1/(i*2.0+10),o.mean(i,axis=-1,keepdims=True),o.reshape(i,(-1,24)),i[:,1:3],i[:,-1],i[...,None],o.concatenate([i,i],axis=1),o.relu(-i),o.matmul(i,o.transpose(i,(0,2,1))),o.expand_dims(i,1),i**2,i-i*3,o.clip(i,0,1),o.sum(i,axis=1),o.stack([i,i],axis=2),o.gelu(i),o.softmax(i),o.maximum(i,0.1),o.sqrt(o.square(i)),-i]
@case("ops3_more",(4,6),k2=False)
def f(K,i,L):
    o=K.ops; i=i[0]; c=lambda b:o.cast(b,"float32"); p=o.absolute(i)+0.1
    return [c(o.equal(i,i)),c(o.less(i,0.2)),c(o.less_equal(i,0.2)),c(o.greater(i,0.2)),c(o.greater_equal(i,0.2)),c(o.logical_and(i>0,i<1)),c(o.logical_or(i>1,i<0)),c(o.logical_xor(i>0,i<1)),c(o.logical_not(i>0)),c(o.all(i>-1,axis=-1)),c(o.any(i>1,axis=1,keepdims=True)),c(o.not_equal(i,0.)),o.minimum(i,0.1),o.exp(i),o.log(p),o.sin(i),o.cos(i),o.floor(i),o.ceil(i),o.sign(i),o.erf(i),o.relu6(i*5),o.sigmoid(i),o.tanh(i),o.silu(i),o.softplus(i),o.softsign(i),o.hard_sigmoid(i),o.hard_silu(i),o.selu(i),o.max(i,axis=-1),o.min(i,axis=1,keepdims=True),o.prod(i,axis=-1),o.rsqrt(p),c(o.cast(i*3,"int32")),o.squeeze(o.expand_dims(i,1),1),o.mean(i),o.gelu(i,approximate=False)]
@case("act_layers",(4,6))
def f(K,i,L): return [L.Activation("tanh")(i[0]),L.ELU(0.7)(i[0]),L.Activation("softmax")(i[0])]
@case("ops2",(4,6),k3=False)
def f(K,i,L):
    i=i[0]; return [1/(i*2.0+10),tf.reduce_mean(i,axis=-1,keepdims=True),tf.reshape(i,(-1,24)),i[:,1:3],i[:,-1],i[...,None],tf.concat([i,i],1),tf.nn.relu(-i),tf.matmul(i,i,transpose_b=True),tf.expand_dims(i,1),i**2,i-i*3,tf.clip_by_value(i,0,1),tf.reduce_sum(i,axis=1),tf.transpose(i,(0,2,1)),tf.math.maximum(i,0.),tf.nn.softmax(i)]
@case("policy16",(8,8,3))
def f(K,i,L): return None
@case("input_out",(4,))
def f(K,i,L): return [i[0],L.Dense(3)(i[0])]
def randomise(m,seed):
    r=np.random.default_rng(seed)
    ws=[]
    for w in m.get_weights():
        ws.append(w if w.dtype.kind!="f" or w.ndim==0 else (np.abs(r.normal(size=w.shape))*.5+.2 if w.ndim==1 and False else r.normal(size=w.shape)*.4).astype(w.dtype))
    m.set_weights(ws)
    def walk(m):
        for l in m.layers:
            if hasattr(l,"layers"): walk(l)
            elif hasattr(l,"layer") and hasattr(l.layer,"layers"): walk(l.layer)
            if type(l).__name__=="BatchNormalization":
                w=l.get_weights(); w[-1]=np.abs(w[-1])+.3; l.set_weights(w)
            if type(l).__name__=="Normalization" and len(l.get_weights())==3:
                w=l.get_weights(); w[1]=np.abs(w[1])+.3; l.set_weights(w); getattr(l,"finalize_state",lambda:0)()
            if hasattr(l,"layer") and type(l.layer).__name__=="BatchNormalization": w=l.get_weights(); w[-1]=np.abs(w[-1])+.3; l.set_weights(w)
    walk(m)
def build(K,f,shapes,ints,name):
    K.backend.clear_session()
    dt=ints[0] if ints else "float32"
    ins=[K.Input(s,dtype=dt,name=f"in{j}") for j,s in enumerate(shapes)]
    if name=="policy16":
        L=K.layers; m=K.Sequential([K.Input(shapes[0]),L.Conv2D(4,3,dtype="mixed_float16"),L.BatchNormalization(dtype="mixed_bfloat16"),L.Flatten(),L.Dense(3,dtype="bfloat16"),L.Dense(3,dtype="float16"),L.Dense(2,dtype="float32")]) ; return m
    out=f(K,ins,K.layers)
    if isinstance(out,tuple): out=list(out)
    return K.Model(ins if len(ins)>1 else ins[0],out,name=name)
bad=[]
for name,(f,shapes,k2,k3,ints,data) in CASES.items():
    if ONLY and name not in ONLY: continue
    d=f"{OUT}/{name}"; os.makedirs(d,exist_ok=True)
    r=np.random.default_rng(sum(map(ord,name)))
    if data: xs=data(r)
    elif ints: xs=[r.integers(ints[1],ints[2],size=(3,)+s).astype(ints[0]) for s in shapes]
    else: xs=[r.normal(size=(3,)+s).astype("f") for s in shapes]
    for j,x in enumerate(xs): np.save(f"{d}/in_{j}.npy",x)
    arg=[tf.constant(x) for x in xs] if len(xs)>1 else tf.constant(xs[0])
    for K,on,tag in ((K3,k3,"3"),(K2,k2,"2")):
        if not on: continue
        try:
            m=build(K,f,shapes,ints,name); randomise(m,7)
            y=m(arg,training=False); y=y if isinstance(y,(list,tuple)) else [y]
            for j,o in enumerate(y): np.save(f"{d}/out{tag}_{j}.npy",np.asarray(tf.cast(o,tf.float32)))
            if tag=="3": m.save(f"{d}/model.keras"); m.save(f"{d}/k3.h5")
            else:
                m.save(f"{d}/k2.h5")
                try: m.save(f"{d}/k2.keras")
                except Exception as e: bad.append((name,"k2.keras",str(e)[:100]))
        except Exception as e: bad.append((name,tag,f"{type(e).__name__} {str(e)[:200]}"))
print(len(CASES),"cases"); 
for b in bad: print(b)
