namespace EdgeBuild.Runtime;

/// <summary>What computes the answers.</summary>
public enum EdgeDevice
{
    /// <summary>
    /// A GPU, where the app has one of the packages for it (<c>EdgeBuild.Runtime.Native.&lt;platform&gt;.Vulkan</c>, <c>.Cuda</c> or <c>.Metal</c>), a driver is
    /// installed and the model fits; else the processor.
    /// </summary>
    Automatic = 0,

    /// <summary>The processor, as in the build that has measured the model, whatever lies beside the app.</summary>
    Cpu = 1,
}
