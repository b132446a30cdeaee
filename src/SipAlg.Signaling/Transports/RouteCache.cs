using SipAlg.Linux;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Signaling.Transports;

/// <summary>Which of our addresses the routing table chooses towards a far side, remembered for some seconds. One lane's.</summary>
internal sealed class RouteCache(TimeProvider time)
{
    private const int MaxEntries = 1024;
    private const ushort AnyPort = 9;
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(5);

    private readonly Dictionary<IpEndpoint, (IpAddress Local, long Since)> _entries = [];

    /// <returns>"None": there is no route.</returns>
    public IpAddress LocalTowards(in IpEndpoint remote)
    {
        var key = remote.WithPort(AnyPort);
        if (_entries.TryGetValue(key, out var entry) && time.GetElapsedTime(entry.Since) < Lifetime)
        {
            return entry.Local;
        }

        if (_entries.Count >= MaxEntries)
        {
            _entries.Clear();
        }

        var local = Ask(key);
        _entries[key] = (local, time.GetTimestamp());
        return local;
    }

    /// <summary>Connecting a datagram socket sends nothing but chooses a route.</summary>
    private static unsafe IpAddress Ask(in IpEndpoint remote)
    {
        var to = SockAddr.From(remote);
        var fd = LibC.Socket(to.Family, SocketConstants.SockDgram | SocketConstants.SockCloExec, 0);
        if (fd < 0)
        {
            return default;
        }

        var length = (uint)SockAddr.Size;
        SockAddr local = default;
        var isRouted = LibC.Connect(fd, &to, to.Length) == 0 && LibC.GetSockName(fd, &local, &length) == 0;
        _ = LibC.Close(fd);
        return isRouted ? local.ToEndpoint().Address : default;
    }
}
