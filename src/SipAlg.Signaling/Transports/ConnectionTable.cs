using SipAlg.Protocol.Addresses;

namespace SipAlg.Signaling.Transports;

/// <summary>The connections that one lane knows of. Kept by events, so that looking one up takes no lock.</summary>
internal sealed class ConnectionTable
{
    private readonly Dictionary<ulong, StreamConnection> _byNumber = [];
    private readonly Dictionary<(int Listener, IpEndpoint Remote, ushort Far), StreamConnection> _byRemote = [];

    /// <summary>Of accepted connections, by number; null before the first.</summary>
    private Dictionary<ulong, (IpEndpoint Remote, ushort Far)>? _aliases;

    public int Count => _byNumber.Count;

    public StreamConnection? Find(ulong number) => _byNumber.GetValueOrDefault(number);

    /// <summary>One to reuse towards a far side (RFC 3261 §18.1.1); the newest, as the oldest may be the one that is dead.</summary>
    /// <param name="listener">By which it stands.</param>
    /// <param name="remote">Where.</param>
    /// <param name="far">Who has to be there, with TLS.</param>
    public StreamConnection? Find(int listener, in IpEndpoint remote, ushort far) =>
        _byRemote.TryGetValue((listener, remote, far), out var found) && !found.IsClosing ? found : null;

    public void Add(StreamConnection connection)
    {
        _byNumber[connection.Number] = connection;
        _byRemote[(connection.Listener, connection.Remote, connection.Flow.Far)] = connection;
    }

    /// <summary>It is reused towards another place too, where whoever is at its far end takes connections (RFC 5923 §5): the last that it named.</summary>
    public void Alias(StreamConnection connection, in IpEndpoint remote, ushort far)
    {
        var key = (connection.Listener, remote, far);
        if (_byRemote.GetValueOrDefault(key) is not { IsClosing: false })
        {
            _aliases ??= [];
            if (_aliases.TryGetValue(connection.Number, out var former))
            {
                Remove((connection.Listener, former.Remote, former.Far), connection);
            }

            _byRemote[key] = connection;
            _aliases[connection.Number] = (remote, far);
        }
    }

    /// <returns>The way to the other place that it was used towards; null: there was none.</returns>
    public Flow? Remove(StreamConnection connection)
    {
        _byNumber.Remove(connection.Number);
        Remove((connection.Listener, connection.Remote, connection.Flow.Far), connection);
        if (_aliases is null || !_aliases.Remove(connection.Number, out var alias))
        {
            return null;
        }

        Remove((connection.Listener, alias.Remote, alias.Far), connection);
        return new Flow(connection.Flow.Transport, connection.Listener, connection.Flow.Local, alias.Remote, connection.Number, alias.Far);
    }

    private void Remove((int Listener, IpEndpoint Remote, ushort Far) key, StreamConnection connection)
    {
        if (_byRemote.GetValueOrDefault(key) == connection)
        {
            _byRemote.Remove(key);
        }
    }
}
