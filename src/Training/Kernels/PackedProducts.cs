using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace EdgeBuild.Training;

/// <summary>
/// Products with weights that oneDNN has packed for its kernels once; <c>addmm</c> packs them in every product. The operators are those of
/// ATen/native/mkldnn/Linear.cpp and RegisterMkldnnOpContextClass.cpp, which PyTorch's own compiler uses for frozen weights.
/// </summary>
internal static class PackedProducts
{
    private const string PackMethod = "pack";
    private const string MultiplyMethod = "multiply";

    private const string Methods = """
          def forward(self: __torch__.M, x: Tensor) -> Tensor:
            return x
          def pack(self: __torch__.M, weight: Tensor, rows: int) -> Tensor:
            return ops.mkldnn._reorder_linear_weight(weight, rows)
          def multiply(self: __torch__.M, x: Tensor, weight: Tensor) -> Tensor:
            return ops.mkldnn._linear_pointwise(x, weight, None, "none", [], "")

        """;

    private static readonly Lazy<jit.ScriptModule?> _module = new(Load);

    /// <summary>Gets a value indicating whether this machine and libtorch can do it, for bf16; libtorch is loaded when it is not yet.</summary>
    public static bool IsSupported => _module.Value is not null;

    /// <summary>Packs a weight.</summary>
    /// <param name="weight">[outputs, inputs], dense, bf16.</param>
    /// <param name="rows">About how many rows inputs will have; others give the same results, more slowly.</param>
    /// <returns>A tensor for <see cref="Multiply"/> alone. It belongs to the current dispose scope.</returns>
    public static Tensor Pack(Tensor weight, int rows) => _module.Value!.invoke<Tensor>(PackMethod, weight, (long)rows);

    /// <summary>Computes x Wᵀ.</summary>
    /// <param name="input">x, [rows, inputs].</param>
    /// <param name="packed">W, from <see cref="Pack"/>.</param>
    /// <returns>A new tensor, [rows, outputs], that belongs to the current dispose scope.</returns>
    public static Tensor Multiply(Tensor input, Tensor packed) => _module.Value!.invoke<Tensor>(MultiplyMethod, input, packed);

    // Asked of libtorch rather than guessed from its version and the processor: a build without oneDNN has no such operators, and a processor
    // without bf16 instructions refuses them.
    private static jit.ScriptModule? Load()
    {
        LibTorch.Load();
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        jit.ScriptModule? module = null;
        try
        {
            module = jit.load(TorchScriptArchive.Of(Methods), DeviceType.CPU);
            Tensor weight = ones(16, 32, dtype: ScalarType.BFloat16);
            Tensor input = ones(4, 32, dtype: ScalarType.BFloat16);
            Tensor packed = module.invoke<Tensor>(PackMethod, weight, 4L);
            Tensor product = module.invoke<Tensor>(MultiplyMethod, input, packed);
            if (product.eq(32).all().item<bool>())
            {
                return module;
            }
        }
        catch (Exception exception) when (exception is ExternalException or InvalidOperationException or ArgumentException)
        {
            // There is a plain way.
        }

        module?.Dispose();
        return null;
    }
}
