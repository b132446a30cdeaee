using SipAlg.Protocol.Addresses;

namespace SipAlg.Signaling.Transports;

/// <summary>The connections that one lane knows of. Kept by events, so that looking one up takes no lock.</summary>
internal sealed class ConnectionTable
{
    private readonly Dictionary<ulong, StreamConnection> _byNumber = [];
    private readonly Dictionary<(int Listener, IpEndpoint Remote), StreamConnection> _byRemote = [];

    public int Count => _byNumber.Count;

    public StreamConnection? Find(ulong number) => _byNumber.GetValueOrDefault(number);

    /// <summary>One to reuse towards a far side (RFC 3261 §18.1.1); the newest, as the oldest may be the one that is dead.</summary>
    public StreamConnection? Find(int listener, in IpEndpoint remote) =>
        _byRemote.TryGetValue((listener, remote), out var found) && !found.IsClosing ? found : null;

    public void Add(StreamConnection connection)
    {
        _byNumber[connection.Number] = connection;
        _byRemote[(connection.Listener, connection.Remote)] = connection;
    }

    public void Remove(StreamConnection connection)
    {
        _byNumber.Remove(connection.Number);
        var key = (connection.Listener, connection.Remote);
        if (_byRemote.GetValueOrDefault(key) == connection)
        {
            _byRemote.Remove(key);
        }
    }
}
