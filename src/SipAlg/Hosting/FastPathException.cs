namespace SipAlg.Hosting;

/// <summary>Media cannot be relayed in the kernel, though the configuration requires it.</summary>
internal sealed class FastPathException(string reason) : Exception($"media cannot be relayed in the kernel (media.fast_path is required): {reason}");
