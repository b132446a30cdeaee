using SipAlg.Protocol.Addresses;
using SipAlg.Signaling.Tls;
using SipAlg.Signaling.Transports;

namespace SipAlg.Testing.Lanes;

/// <summary>A network that keeps what is sent, and answers as the test wants.</summary>
/// <param name="listeners">The gateway's; wildcards are taken for their first address.</param>
/// <param name="time">Stamps what is sent.</param>
public sealed class MemoryNetwork(IReadOnlyList<ListenerOptions> listeners, ManualTime time) : ISignalingNetwork
{
    private readonly List<SentMessage> _sent = [];

    /// <summary>What has been sent since <see cref="Take"/>, in order.</summary>
    public IReadOnlyList<SentMessage> Sent => _sent;

    /// <summary>Connections that the gateway closed.</summary>
    public List<ulong> Closed { get; } = [];

    /// <summary>Listeners that are configured no more.</summary>
    public HashSet<int> Closing { get; } = [];

    public bool IsClosing(int listener) => Closing.Contains(listener);

    /// <summary>What a send comes to; UDP is sent and streams are queued unless the test says otherwise.</summary>
    public Func<Flow, SendResult> Outcome { get; set; } = static flow =>
        !flow.IsReliable ? SendResult.Sent : flow.Connection == 0 ? SendResult.Connecting : SendResult.Queued;

    /// <summary>What has been sent and was not taken yet.</summary>
    public SentMessage[] Take()
    {
        SentMessage[] taken = [.. _sent];
        _sent.Clear();
        return taken;
    }

    public SendResult Send(in Flow flow, ReadOnlySpan<byte> message)
    {
        var result = Outcome(flow);
        _sent.Add(new SentMessage(time.Now, flow, message.ToArray(), result));
        return result;
    }

    public TlsIdentities Identities { get; init; } = new();

    /// <summary>Accepted connections that are used towards another place too.</summary>
    public List<(ulong Connection, IpEndpoint Remote, ushort Far)> Aliases { get; } = [];

    public void Alias(ulong connection, in IpEndpoint remote, ushort far) => Aliases.Add((connection, remote, far));

    /// <summary>Connections that silence does not close, and for how long.</summary>
    public Dictionary<ulong, TimeSpan> Held { get; } = [];

    public void Hold(ulong connection, TimeSpan time) => Held[connection] = time;

    public void Close(ulong connection) => Closed.Add(connection);

    public IpAddress LocalAddressTowards(int listener, in IpEndpoint remote) => listeners[listener].Address.Address;

    public bool IsHere(in IpEndpoint remote)
    {
        var address = remote.Address;
        return listeners.Any(listener => listener.Address.Address == address);
    }

    public bool TryFlow(int group, Transport transport, in IpEndpoint remote, out Flow flow)
    {
        foreach (var index in Enumerable.Range(0, listeners.Count).OrderBy(IsClosing))
        {
            var listener = listeners[index];
            if (listener.Group == group && listener.Transport == transport && listener.Address.Address.IsV4 == remote.Address.IsV4)
            {
                flow = new Flow(transport, index, listener.Address, remote);
                return true;
            }
        }

        flow = default;
        return false;
    }
}
