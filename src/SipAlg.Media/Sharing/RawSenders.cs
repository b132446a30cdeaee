using System.Runtime.InteropServices;
using SipAlg.Media.Relaying;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Media.Sharing;

/// <summary>
/// Raw sockets that send for ports whose own sockets receive: one for each local address of a relay thread, as long as a flow uses it. What is known of it
/// stays in the processor's cache, where each port's socket has to be fetched for each packet, and nobody waits for it to be writable. Needs CAP_NET_RAW.
/// </summary>
/// <param name="pools">Of the ports.</param>
internal sealed unsafe class RawSenders(PoolTable pools) : IDisposable
{
    private readonly Dictionary<(IpAddress Local, byte Dscp), nint> _sockets = [];

    /// <summary>In native memory, since ports point to it.</summary>
    private struct Used
    {
        public SharedSocket Socket;
        public int Flows;
    }

    /// <summary>What sends for a pair until <see cref="Leave"/>; null: its own socket does.</summary>
    public SharedSocket* Use(Pair* pair)
    {
        var key = (pair->Flow.Bound, pools[pair->Pool].Dscp);
        if (pair->Shared != null || pair->Flow.Bound.IsUnspecified || (!_sockets.TryGetValue(key, out var found) && (found = Open(key)) == 0))
        {
            return null;
        }

        ((Used*)found)->Flows++;
        return &((Used*)found)->Socket;
    }

    /// <summary>A flow less needs it.</summary>
    /// <param name="socket">As it was given; may be null.</param>
    public void Leave(SharedSocket* socket)
    {
        if (socket == null || --((Used*)socket)->Flows > 0)
        {
            return;
        }

        foreach (var (key, known) in _sockets)
        {
            if (known == (nint)socket)
            {
                _sockets.Remove(key);
                Close(known);
                return;
            }
        }
    }

    public void Dispose()
    {
        foreach (var socket in _sockets.Values)
        {
            Close(socket);
        }
    }

    private nint Open((IpAddress Local, byte Dscp) key)
    {
        if (!SharedSocket.TryOpenSender(key.Local, key.Dscp, out var opened))
        {
            return 0;
        }

        var used = (Used*)NativeMemory.AlignedAlloc((nuint)sizeof(Used), CacheLine.Octets);
        *used = new Used { Socket = opened };
        _sockets.Add(key, (nint)used);
        return (nint)used;
    }

    private static void Close(nint socket)
    {
        ((Used*)socket)->Socket.Close();
        NativeMemory.AlignedFree((void*)socket);
    }
}
