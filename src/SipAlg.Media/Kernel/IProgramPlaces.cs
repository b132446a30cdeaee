using SipAlg.Linux.Bpf;

namespace SipAlg.Media.Kernel;

/// <summary>How the program gets before the packets of an interface. For one thread at a time.</summary>
internal interface IProgramPlaces : IDisposable
{
    /// <summary>Puts it there; what is returned takes it away. Null, with the error number, when the system refuses.</summary>
    IDisposable? TryAttach(int interfaceIndex, out int errno);
}

/// <summary>By tcx (Linux 6.6): what is attached ends with the process.</summary>
internal sealed class TcxPlaces(BpfProgram relay) : IProgramPlaces
{
    public IDisposable? TryAttach(int interfaceIndex, out int errno) => relay.TryAttach(interfaceIndex, out errno);

    public void Dispose()
    {
    }
}
