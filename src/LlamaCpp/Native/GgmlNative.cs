using System.Runtime.InteropServices;

namespace EdgeBuild.LlamaCpp.Native;

/// <summary>The functions of ggml.h, gguf.h and ggml-backend.h that EdgeBuild uses. Callers go through <see cref="NativeLibraries.EnsureLoaded"/> first.</summary>
internal static unsafe partial class GgmlNative
{
    /// <summary><c>GGML_BACKEND_DEVICE_TYPE_GPU</c>.</summary>
    public const int GpuDevice = 1;

    /// <summary><c>GGML_BACKEND_DEVICE_TYPE_IGPU</c>.</summary>
    public const int IntegratedGpuDevice = 2;

    private const string Base = "ggml-base";
    private const string Registry = "ggml";

    [LibraryImport(Base)]
    public static partial nint ggml_set_abort_callback(delegate* unmanaged[Cdecl]<byte*, void> callback);

    [LibraryImport(Base)]
    public static partial GgmlTypeTraits* ggml_get_type_traits(int type);

    [LibraryImport(Base)]
    public static partial void ggml_quantize_init(int type);

    [LibraryImport(Base)]
    [return: MarshalAs(UnmanagedType.U1)]
    public static partial bool ggml_quantize_requires_imatrix(int type);

    [LibraryImport(Base)]
    public static partial nuint ggml_quantize_chunk(int type, float* source, void* destination, long start, long rows, long rowLength, float* importance);

    [LibraryImport(Base)]
    [return: MarshalAs(UnmanagedType.U1)]
    public static partial bool ggml_validate_row_data(int type, void* data, nuint byteCount);

    [LibraryImport(Base)]
    public static partial nint ggml_init(GgmlInitParams parameters);

    [LibraryImport(Base)]
    public static partial void ggml_free(nint context);

    [LibraryImport(Base)]
    public static partial nuint ggml_tensor_overhead();

    [LibraryImport(Base)]
    public static partial nint ggml_new_tensor(nint context, int type, int dimensions, long* shape);

    [LibraryImport(Base, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint ggml_set_name(nint tensor, string name);

    [LibraryImport(Base)]
    public static partial byte* ggml_get_name(nint tensor);

    [LibraryImport(Base)]
    public static partial byte* ggml_op_name(int operation);

    [LibraryImport(Base)]
    public static partial nuint ggml_nbytes(nint tensor);

    [LibraryImport(Base)]
    public static partial void ggml_backend_tensor_get(nint tensor, void* data, nuint offset, nuint size);

    [LibraryImport(Base)]
    public static partial void ggml_threadpool_params_init(GgmlThreadpoolParams* parameters, int threads);

    [LibraryImport(Registry)]
    public static partial void ggml_backend_register(nint backend);

    [LibraryImport(Registry, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint ggml_backend_reg_by_name(string name);

    [LibraryImport(Base)]
    public static partial nuint ggml_backend_reg_dev_count(nint backend);

    [LibraryImport(Base)]
    public static partial nint ggml_backend_reg_dev_get(nint backend, nuint index);

    [LibraryImport(Base)]
    public static partial int ggml_backend_dev_type(nint device);

    [LibraryImport(Base)]
    public static partial byte* ggml_backend_dev_description(nint device);

    [LibraryImport(Base, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint ggml_backend_reg_get_proc_address(nint registry, string name);

    [LibraryImport(Base, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint gguf_init_from_file(string path, GgufInitParams parameters);

    [LibraryImport(Base)]
    public static partial nint gguf_init_from_buffer(byte* data, nuint size, GgufInitParams parameters);

    [LibraryImport(Base)]
    public static partial nint gguf_init_empty();

    [LibraryImport(Base)]
    public static partial void gguf_free(nint context);

    [LibraryImport(Base)]
    public static partial nuint gguf_get_alignment(GgufHandle context);

    [LibraryImport(Base)]
    public static partial nuint gguf_get_data_offset(GgufHandle context);

    [LibraryImport(Base)]
    public static partial long gguf_get_n_kv(GgufHandle context);

    [LibraryImport(Base, StringMarshalling = StringMarshalling.Utf8)]
    public static partial long gguf_find_key(GgufHandle context, string key);

    [LibraryImport(Base)]
    public static partial byte* gguf_get_key(GgufHandle context, long id);

    [LibraryImport(Base)]
    public static partial int gguf_get_kv_type(GgufHandle context, long id);

    [LibraryImport(Base)]
    public static partial int gguf_get_arr_type(GgufHandle context, long id);

    [LibraryImport(Base)]
    public static partial void* gguf_get_val_data(GgufHandle context, long id);

    [LibraryImport(Base)]
    public static partial byte* gguf_get_val_str(GgufHandle context, long id);

    [LibraryImport(Base)]
    public static partial nuint gguf_get_arr_n(GgufHandle context, long id);

    [LibraryImport(Base)]
    public static partial void* gguf_get_arr_data(GgufHandle context, long id);

    [LibraryImport(Base)]
    public static partial byte* gguf_get_arr_str(GgufHandle context, long id, nuint index);

    [LibraryImport(Base)]
    public static partial long gguf_get_n_tensors(GgufHandle context);

    [LibraryImport(Base)]
    public static partial nuint gguf_get_tensor_offset(GgufHandle context, long id);

    [LibraryImport(Base)]
    public static partial byte* gguf_get_tensor_name(GgufHandle context, long id);

    [LibraryImport(Base)]
    public static partial long* gguf_get_tensor_ne(GgufHandle context, long id);

    [LibraryImport(Base)]
    public static partial int gguf_get_tensor_type(GgufHandle context, long id);

    [LibraryImport(Base)]
    public static partial nuint gguf_get_tensor_size(GgufHandle context, long id);

    [LibraryImport(Base, StringMarshalling = StringMarshalling.Utf8)]
    public static partial long gguf_remove_key(GgufHandle context, string key);

    [LibraryImport(Base, StringMarshalling = StringMarshalling.Utf8)]
    public static partial void gguf_set_val_u32(GgufHandle context, string key, uint value);

    [LibraryImport(Base, StringMarshalling = StringMarshalling.Utf8)]
    public static partial void gguf_set_val_i32(GgufHandle context, string key, int value);

    [LibraryImport(Base, StringMarshalling = StringMarshalling.Utf8)]
    public static partial void gguf_set_val_f32(GgufHandle context, string key, float value);

    [LibraryImport(Base, StringMarshalling = StringMarshalling.Utf8)]
    public static partial void gguf_set_val_u64(GgufHandle context, string key, ulong value);

    [LibraryImport(Base, StringMarshalling = StringMarshalling.Utf8)]
    public static partial void gguf_set_val_bool(GgufHandle context, string key, [MarshalAs(UnmanagedType.U1)] bool value);

    [LibraryImport(Base, StringMarshalling = StringMarshalling.Utf8)]
    public static partial void gguf_set_val_str(GgufHandle context, string key, string value);

    [LibraryImport(Base, StringMarshalling = StringMarshalling.Utf8)]
    public static partial void gguf_set_arr_data(GgufHandle context, string key, int type, void* data, nuint count);

    [LibraryImport(Base, StringMarshalling = StringMarshalling.Utf8)]
    public static partial void gguf_set_arr_str(GgufHandle context, string key, byte** data, nuint count);

    [LibraryImport(Base)]
    public static partial void gguf_set_kv(GgufHandle context, GgufHandle source);

    [LibraryImport(Base)]
    public static partial void gguf_add_tensor(GgufHandle context, nint tensor);

    [LibraryImport(Base)]
    public static partial nuint gguf_get_meta_size(GgufHandle context);

    [LibraryImport(Base)]
    public static partial void gguf_get_meta_data(GgufHandle context, byte* data);
}
