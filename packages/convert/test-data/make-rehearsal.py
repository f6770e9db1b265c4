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
@case((24,),(24,),ints=("int32",0,20))
def seq2seq_attn(K,i,L):
    e=L.Embedding(20,6,mask_zero=True,name="emb"); enc,h,c=L.LSTM(5,return_sequences=True,return_state=True)(e(i[0])); dec=L.LSTM(5,return_sequences=True)(e(i[1]),initial_state=[h,c]); a=L.AdditiveAttention()([dec,enc]); x=L.Concatenate(axis=-1)([dec,a]); return L.TimeDistributed(L.Dense(20,activation="softmax"))(x)
@case((8,),ints=("int32",0,5))
def mask_concat(K,i,L):
    a=L.Embedding(5,3,mask_zero=True)(i[0]); b=L.Dense(3)(a); x=L.Concatenate()([a,b]); y=L.Add()([a,b]); return [L.LSTM(3)(x),L.GRU(2)(y),L.GlobalAveragePooling1D()(L.Multiply()([a,b]))]
@case((8,),(8,),ints=("int32",0,4))
def mask_two(K,i,L):
    a=L.Embedding(4,3,mask_zero=True)(i[0]); b=L.Embedding(4,3,mask_zero=True)(i[1]); return [L.LSTM(3)(L.Concatenate()([a,b])),L.LSTM(3)(L.Add()([a,b])),L.LSTM(3)(L.Concatenate(axis=1)([a,b])),L.GRU(3)(L.Average()([a,b]))]
@case((8,),(8,4),ints=(("int32","float32"),0,4))
def mask_one_side(K,i,L):
    a=L.Embedding(4,4,mask_zero=True)(i[0]); return [L.LSTM(3)(L.Concatenate()([a,i[1]])),L.LSTM(3)(L.Add()([a,i[1]])),L.LSTM(3)(L.Concatenate(axis=1)([a,i[1]]))]
@case((8,),ints=("int32",0,4))
def mask_reshape(K,i,L):
    a=L.Embedding(4,6,mask_zero=True)(i[0]); return [L.LSTM(3)(L.Permute((2,1))(L.Permute((2,1))(a))),L.Flatten()(a),L.LSTM(3)(L.Reshape((8,6))(a))]
@case((5,6))
def mha_cross(K,i,L):
    q=L.Dense(4)(i[0]); o,s=L.MultiHeadAttention(num_heads=3,key_dim=2,value_dim=5,output_shape=7)(query=q,value=i[0],return_attention_scores=True); return [o,s]
def mk(f): return lambda K,i,L: f(L.Embedding(4,3,mask_zero=True)(i[0]),K,L)
for n,f in {"mop_add":lambda a,K,L:[L.LSTM(3)(a+1.),L.LSTM(3)(a*2.+a)],"mop_relu":lambda a,K,L:L.LSTM(3)(K.ops.relu(a) if K is K3 else tf.nn.relu(a)),"mop_slice":lambda a,K,L:L.LSTM(3)(a[:,1:]),"mop_cat":lambda a,K,L:L.LSTM(3)(K.ops.concatenate([a,a],axis=-1) if K is K3 else tf.concat([a,a],-1)),"mop_addl":lambda a,K,L:[L.GlobalAveragePooling1D()(a+1.),L.GlobalAveragePooling1D()(L.Add()([a,a]))],"mop_conv":lambda a,K,L:L.LSTM(3)(L.LayerNormalization()(a)),"mop_soft":lambda a,K,L:L.LSTM(2)(L.Softmax()(a)),"mop_softt":lambda a,K,L:L.Flatten()(L.Softmax(axis=-1)(a)),"mop_bn":lambda a,K,L:L.GlobalAveragePooling1D()(L.BatchNormalization()(a)),"mop_rest":lambda a,K,L:[L.LSTM(2)(l(a)) for l in (L.Rescaling(2.),L.UnitNormalization(),L.LeakyReLU(),L.PReLU(),L.ELU(),L.GaussianNoise(.1),L.ReLU(),L.ActivityRegularization(.1))],"mop_rest2":lambda a,K,L:[L.LSTM(2)(l(a)) for l in (L.ZeroPadding1D(1),L.Cropping1D(1),L.UpSampling1D(2),L.MaxPooling1D(2),L.Conv1D(2,1),L.GroupNormalization(3),L.DepthwiseConv1D(3))],"mop_td":lambda a,K,L:[L.LSTM(2)(L.TimeDistributed(L.Dense(3))(a)),L.LSTM(2)(L.Dense(3)(a)),L.GRU(2)(L.EinsumDense("abc,cd->abd",output_shape=(None,4))(a))],"mop_gmp":lambda a,K,L:L.GlobalMaxPooling1D()(a),"mop_attn":lambda a,K,L:[L.LSTM(2)(L.Attention()([a,a])),L.LSTM(2)(L.MultiHeadAttention(1,3)(a,a))],"mop_min":lambda a,K,L:[L.LSTM(2)(L.Maximum()([a,a])),L.LSTM(2)(L.Subtract()([a,a])),L.Dot(axes=(2,2))([a,a])],"mop_gru":lambda a,K,L:L.GRU(2)(L.SimpleRNN(3,return_sequences=True)(a)),"mop_cls":lambda a,K,L:L.LSTM(2,return_sequences=True,return_state=True)(a)}.items(): CASES[n]=(mk(f),((8,),),True,True,("int32",0,3),MD,None,True)
MD=lambda r:[r.integers(0,3,size=(3,8)).astype("i4")]
def mk(f): return lambda K,i,L: f(L.Embedding(4,3,mask_zero=True)(i[0]),K,L)
for n,f in {"mop_add":lambda a,K,L:[L.LSTM(3)(a+1.),L.LSTM(3)(a*2.+a)],"mop_relu":lambda a,K,L:L.LSTM(3)(K.ops.relu(a) if K is K3 else tf.nn.relu(a)),"mop_slice":lambda a,K,L:L.LSTM(3)(a[:,1:]),"mop_cat":lambda a,K,L:L.LSTM(3)(K.ops.concatenate([a,a],axis=-1) if K is K3 else tf.concat([a,a],-1)),"mop_addl":lambda a,K,L:[L.GlobalAveragePooling1D()(a+1.),L.GlobalAveragePooling1D()(L.Add()([a,a]))],"mop_conv":lambda a,K,L:L.LSTM(3)(L.LayerNormalization()(a)),"mop_soft":lambda a,K,L:L.LSTM(2)(L.Softmax()(a)),"mop_softt":lambda a,K,L:L.Flatten()(L.Softmax(axis=-1)(a)),"mop_bn":lambda a,K,L:L.GlobalAveragePooling1D()(L.BatchNormalization()(a)),"mop_rest":lambda a,K,L:[L.LSTM(2)(l(a)) for l in (L.Rescaling(2.),L.UnitNormalization(),L.LeakyReLU(),L.PReLU(),L.ELU(),L.GaussianNoise(.1),L.ReLU(),L.ActivityRegularization(.1))],"mop_rest2":lambda a,K,L:[L.LSTM(2)(l(a)) for l in (L.ZeroPadding1D(1),L.Cropping1D(1),L.UpSampling1D(2),L.MaxPooling1D(2),L.Conv1D(2,1),L.GroupNormalization(3),L.DepthwiseConv1D(3))],"mop_td":lambda a,K,L:[L.LSTM(2)(L.TimeDistributed(L.Dense(3))(a)),L.LSTM(2)(L.Dense(3)(a)),L.GRU(2)(L.EinsumDense("abc,cd->abd",output_shape=(None,4))(a))],"mop_gmp":lambda a,K,L:L.GlobalMaxPooling1D()(a),"mop_attn":lambda a,K,L:[L.LSTM(2)(L.Attention()([a,a])),L.LSTM(2)(L.MultiHeadAttention(1,3)(a,a))],"mop_min":lambda a,K,L:[L.LSTM(2)(L.Maximum()([a,a])),L.LSTM(2)(L.Subtract()([a,a])),L.Dot(axes=(2,2))([a,a])],"mop_gru":lambda a,K,L:L.GRU(2)(L.SimpleRNN(3,return_sequences=True)(a)),"mop_cls":lambda a,K,L:L.LSTM(2,return_sequences=True,return_state=True)(a)}.items(): CASES[n]=(mk(f),((8,),),True,True,("int32",0,3),MD,None,True)
@case((8,),(8,5),ints=(("int32","float32"),0,3))
def state_mask(K,i,L):
    a=L.Embedding(4,3,mask_zero=True)(i[0]); s=L.GRU(3)(i[1]); y=L.GRU(3,return_sequences=True)(a,initial_state=s); b=L.Bidirectional(L.LSTM(2,return_sequences=True))(a); return [L.LSTM(2)(y),L.GlobalAveragePooling1D()(b)]
OP=K3.ops
def ops3(name,shapes,*fs,data=None,ints=None):
    for n,f in enumerate(fs):
        CASES[f"{name}_{n:02d}"]=((lambda f:lambda K,i,L:f(*i))(f),shapes,False,True,ints,data,None,True)
def ops2(name,shapes,*fs,data=None,ints=None):
    for n,f in enumerate(fs):
        CASES[f"{name}_{n:02d}"]=((lambda f:lambda K,i,L:f(*i))(f),shapes,True,False,ints,data,None,True)
ops3("o1",((4,6),),lambda x:OP.flip(x,axis=1),lambda x:OP.tile(x,(1,2,1)),lambda x:OP.repeat(x,3,axis=1),lambda x:OP.roll(x,2,axis=1),lambda x:OP.pad(x,((0,0),(1,2),(0,1)),constant_values=.5),lambda x:OP.pad(x,((0,0),(1,2),(0,1)),mode="reflect"),lambda x:OP.split(x,3,axis=-1),lambda x:OP.split(x,[1,4],axis=-1)[1],lambda x:OP.unstack(x,axis=1),lambda x:OP.cumsum(x,axis=1),lambda x:OP.argmax(x,axis=-1),lambda x:OP.argmin(x,axis=1),lambda x:OP.var(x,axis=1),lambda x:OP.std(x,axis=-1,keepdims=True),lambda x:OP.logsumexp(x,axis=-1),lambda x:OP.norm(x,axis=-1),lambda x:OP.where(x>0,x,-x),lambda x:OP.where(x>0,x,0.0),lambda x:OP.einsum("abc,adc->abd",x,x),lambda x:OP.tensordot(x,OP.ones((6,3)),axes=1) if False else x+1,lambda x:OP.top_k(x,2)[0],lambda x:OP.take(x,[0,2],axis=1),lambda x:OP.sort(x,axis=-1),lambda x:OP.tan(x),lambda x:OP.arctan(x),lambda x:OP.sinh(x),lambda x:OP.cosh(x),lambda x:OP.log1p(OP.abs(x)),lambda x:OP.expm1(x),lambda x:OP.log2(OP.abs(x)+1),lambda x:OP.reciprocal(x),lambda x:OP.round(x),lambda x:OP.mod(x,2.),lambda x:OP.floor_divide(x,.5),lambda x:OP.swapaxes(x,1,2),lambda x:OP.moveaxis(x,-1,1),lambda x:OP.zeros_like(x)+x,lambda x:OP.ones_like(x)*x,lambda x:OP.full_like(x,2.)*x,lambda x:OP.broadcast_to(x[:,:1],(3,4,6)),lambda x:OP.mean(x,axis=(1,2)),lambda x:OP.elu(x,.5),lambda x:OP.leaky_relu(x,.1),lambda x:OP.celu(x),lambda x:OP.mish(x) if hasattr(OP,"mish") else x*1,lambda x:OP.log_softmax(x),lambda x:OP.log_sigmoid(x),lambda x:OP.glu(x),lambda x:OP.hard_tanh(x),lambda x:OP.hard_shrink(x),lambda x:OP.soft_shrink(x),lambda x:OP.squareplus(x),lambda x:OP.sparse_plus(x),lambda x:OP.threshold(x,.2,.1),lambda x:OP.tanh_shrink(x),lambda x:OP.softmax(x,axis=1),lambda x:OP.isnan(x),lambda x:OP.normalize(x,axis=-1),lambda x:OP.rms_normalization(x) if hasattr(OP,"rms_normalization") else x*1,lambda x:OP.layer_normalization(x) if hasattr(OP,"layer_normalization") else x*1)
ops3("o2",((4,6),(4,6)),lambda x,y:OP.where(x>y,x,y),lambda x,y:OP.concatenate([x,y],axis=-1),lambda x,y:OP.stack([x,y],axis=-1),lambda x,y:OP.matmul(x,OP.swapaxes(y,1,2)),lambda x,y:OP.einsum("bij,bkj->bik",x,y),lambda x,y:OP.add(x,y)/OP.subtract(x,y*9),lambda x,y:OP.squared_difference(x,y) if hasattr(OP,"squared_difference") else x-y,lambda x,y:OP.arctan2(x,y),lambda x,y:OP.dot(x,y[0].T if False else OP.transpose(y[0])),lambda x,y:OP.hstack([x,y]),lambda x,y:OP.vstack([x,y]) ,lambda x,y:OP.multiply(x,y)@OP.transpose(y,(0,2,1)),lambda x,y:OP.append(x,y,axis=1),lambda x,y:OP.minimum(OP.maximum(x,y),.3),lambda x,y:x[:,1:]*y[:,:-1],lambda x,y:OP.logaddexp(x,y),lambda x,y:OP.power(OP.abs(x),y),lambda x,y:OP.cross(x[...,:3],y[...,:3]))
ops3("o3",((8,8,3),),lambda x:OP.image.resize(x,(5,6)),lambda x:OP.image.resize(x,(16,16),interpolation="nearest"),lambda x:OP.max_pool(x,2),lambda x:OP.average_pool(x,3,strides=2,padding="same"),lambda x:OP.image.rgb_to_grayscale(x),lambda x:OP.conv(x,np.random.default_rng(1).normal(size=(3,3,3,2)).astype("f"),padding="same"),lambda x:OP.depthwise_conv(x,np.ones((3,3,3,1),"f")),lambda x:OP.image.pad_images(x,1,2,1,2),lambda x:OP.image.crop_images(x,1,1,1,1),lambda x:x[:,::2,::-1],lambda x:x[:,-3:,1,...],lambda x:OP.reshape(x,(-1,64,3)),lambda x:OP.reshape(x,(OP.shape(x)[0],-1)),lambda x:OP.ravel(x),lambda x:OP.squeeze(x[:,:1],1),lambda x:OP.expand_dims(x,(1,-1)),lambda x:OP.cast(x,"float16"),lambda x:OP.cast(x>0,"float32")*x,lambda x:OP.stop_gradient(x)*2,lambda x:OP.nan_to_num(x),lambda x:OP.slice(x,(0,1,1,0),(3,4,4,2)),lambda x:OP.max(x,axis=(1,2),keepdims=True),lambda x:OP.count_nonzero(x>0,axis=1),lambda x:OP.diff(x,axis=1),lambda x:OP.transpose(x),lambda x:OP.batch_normalization(x,np.array([.1,.2,.3],"f"),np.array([1.,2,3],"f"),axis=-1),lambda x:OP.one_hot(OP.cast(OP.abs(x[:,0,:,0])*2,"int32"),5),lambda x:OP.image.extract_patches(x,(2,2)),lambda x:OP.segment_sum(x,x) if False else OP.prod(x,axis=-1),lambda x:OP.median(x,axis=1),lambda x:OP.rot90(x,axes=(1,2)),lambda x:OP.triu(x[...,0]),lambda x:OP.tril(x[...,0]),lambda x:OP.linspace(0.,1.,8)*x[:,0,:,0] if True else 0)
ops2("t1",((4,6),),lambda x:tf.reverse(x,[1]),lambda x:tf.tile(x,(1,2,1)),lambda x:tf.repeat(x,3,axis=1),lambda x:tf.roll(x,2,axis=1),lambda x:tf.pad(x,((0,0),(1,2),(0,1)),constant_values=.5),lambda x:tf.pad(x,((0,0),(1,2),(0,1)),mode="REFLECT"),lambda x:tf.split(x,3,axis=-1),lambda x:tf.split(x,[1,3,2],axis=-1)[1],lambda x:tf.unstack(x,axis=1),lambda x:tf.cumsum(x,axis=1),lambda x:tf.argmax(x,axis=-1),lambda x:tf.math.reduce_variance(x,axis=1),lambda x:tf.math.reduce_std(x,axis=-1,keepdims=True),lambda x:tf.reduce_logsumexp(x,axis=-1),lambda x:tf.norm(x,axis=-1),lambda x:tf.where(x>0,x,-x),lambda x:tf.where(x>0,x,0.0),lambda x:tf.einsum("abc,adc->abd",x,x),lambda x:tf.math.top_k(x,2)[0],lambda x:tf.gather(x,[0,2],axis=1),lambda x:tf.sort(x,axis=-1),lambda x:tf.tan(x),lambda x:tf.atan(x),lambda x:tf.math.log1p(tf.abs(x)),lambda x:tf.math.expm1(x),lambda x:tf.math.reciprocal(x),lambda x:tf.round(x),lambda x:tf.math.floormod(x,2.),lambda x:tf.zeros_like(x)+x,lambda x:tf.ones_like(x)*x,lambda x:tf.nn.elu(x),lambda x:tf.nn.leaky_relu(x,.1),lambda x:tf.nn.log_softmax(x),lambda x:tf.math.log_sigmoid(x),lambda x:tf.nn.l2_normalize(x,axis=-1),lambda x:tf.math.l2_normalize(x,-1),lambda x:tf.stack([x,x*2],axis=2),lambda x:tf.cast(x>0,tf.float32)*x,lambda x:tf.identity(x)*2,lambda x:tf.stop_gradient(x)*2,lambda x:2-x,lambda x:1./x,lambda x:x//.5,lambda x:x%2.,lambda x:abs(x),lambda x:-x,lambda x:x[:,::2,::-1],lambda x:x[:,-1:,tf.newaxis],lambda x:tf.squeeze(x[:,:1],axis=1),lambda x:tf.reshape(x,(tf.shape(x)[0],-1)),lambda x:tf.reshape(x,[-1,tf.shape(x)[1]*6]),lambda x:tf.math.multiply_no_nan(x,x),lambda x:tf.math.squared_difference(x,.3),lambda x:tf.linalg.matmul(x,np.ones((6,2),"f")),lambda x:tf.tensordot(x,np.ones((6,2),"f"),1),lambda x:tf.math.add_n([x,x,x]),lambda x:tf.nn.relu(x+np.arange(6,dtype="f")),lambda x:tf.broadcast_to(x[:,:1],tf.shape(x)),lambda x:tf.linalg.diag_part(x[:,:4,:4]) ,lambda x:tf.math.is_nan(x),lambda x:tf.clip_by_value(x,-.3,.3),lambda x:tf.math.sign(x),lambda x:tf.math.softplus(x),lambda x:tf.nn.gelu(x,approximate=True),lambda x:tf.nn.silu(x),lambda x:tf.nn.relu6(x*5),lambda x:tf.keras.activations.swish(x) if False else K2.activations.hard_sigmoid(x),lambda x:K2.backend.mean(x,axis=1),lambda x:K2.backend.concatenate([x,x]),lambda x:K2.backend.l2_normalize(x,axis=-1),lambda x:K2.activations.relu(x,alpha=.1,max_value=2.),lambda x:K2.activations.gelu(x),lambda x:tf.one_hot(tf.cast(tf.abs(x[...,0])*2,tf.int32),4))
ops2("t2",((4,6),(4,6)),lambda x,y:tf.where(x>y,x,y),lambda x,y:tf.concat([x,y],-1),lambda x,y:x+y*2-x/y,lambda x,y:tf.matmul(x,y,transpose_b=True),lambda x,y:tf.reduce_sum(tf.square(x-y),axis=-1,keepdims=True),lambda x,y:tf.sqrt(tf.maximum(tf.reduce_sum((x-y)**2,axis=1),1e-7)),lambda x,y:tf.atan2(x,y),lambda x,y:tf.logical_and(x>0,y>0),lambda x,y:x@tf.transpose(y,(0,2,1)),lambda x,y:tf.multiply(x,y)+tf.minimum(x,y),lambda x,y:tf.keras.losses.cosine_similarity(x,y) if False else tf.abs(x-y),lambda x,y:tf.linalg.matvec(x,y[:,0]))
ops2("t3",((8,8,3),),lambda x:tf.image.resize(x,(5,6)),lambda x:tf.image.resize(x,(16,16),method="nearest"),lambda x:tf.nn.max_pool2d(x,2,2,"VALID"),lambda x:tf.nn.avg_pool2d(x,3,2,"SAME"),lambda x:tf.image.rgb_to_grayscale(x),lambda x:tf.nn.conv2d(x,np.ones((3,3,3,2),"f"),1,"SAME"),lambda x:tf.nn.depth_to_space(tf.concat([x,x,x,x],-1),2),lambda x:tf.nn.space_to_depth(x,2),lambda x:tf.reduce_mean(x,axis=[1,2]),lambda x:tf.reduce_max(x,[1,2],keepdims=True),lambda x:tf.image.per_image_standardization(x) if False else x*2,lambda x:tf.pad(x,[[0,0],[1,1],[1,1],[0,0]],"SYMMETRIC"),lambda x:tf.slice(x,[0,1,1,0],[-1,4,4,2]),lambda x:tf.strided_slice(x,[0,1],[3,5]) if False else x[:,1:5],lambda x:x[...,::-1]-[103.9,116.8,123.7],lambda x:tf.nn.bias_add(x,np.array([1.,2.,3.],"f")),lambda x:K2.applications.resnet.preprocess_input(x*1.),lambda x:K2.applications.mobilenet_v2.preprocess_input(x*1.),lambda x:K2.applications.resnet_v2.preprocess_input(x))
ops3("o4",((4,6),),lambda x:[OP.arcsin(x/(1+OP.abs(x))),OP.arccos(x/(1+OP.abs(x))),OP.arcsinh(x),OP.arccosh(1+OP.abs(x)),OP.arctanh(x/(1+OP.abs(x))),OP.cast(OP.isinf(x/0.),"float32"),OP.sparse_sigmoid(x),OP.log10(OP.abs(x)+1),OP.argmin(x,axis=1)],lambda x:OP.top_k(x,3),lambda x:OP.mean(OP.take(x,OP.argmax(x,axis=-1)[:,0],axis=1),axis=0),lambda x:OP.tile(x,2),lambda x:OP.roll(x,-1,axis=-1),lambda x:OP.flip(x),lambda x:OP.norm(x,ord=1,axis=1,keepdims=True))
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
            m0=m
            if tag=="3" and os.environ.get("RELOAD"): m.save(f"{d}/model.keras"); m=K.models.load_model(f"{d}/model.keras")
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
