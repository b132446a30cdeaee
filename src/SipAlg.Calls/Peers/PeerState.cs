using System.Text;
using SipAlg.Calls.Model;
using SipAlg.Calls.Registrations;
using SipAlg.Protocol.Addresses;
using SipAlg.Signaling.Resolution;
using SipAlg.Signaling.Tls;
using SipAlg.Signaling.Transports;

namespace SipAlg.Calls.Peers;

/// <summary>
/// What changes of a peer, shared by all lanes: where it is, and what it is used for now. When its configuration changes another one takes
/// its place, which counts on; calls that stand keep the one they began with.
/// </summary>
public sealed partial class PeerState
{
    private readonly PeerUse _use;
    private readonly PeerStanding _standing;

    /// <param name="peer">What the configuration says.</param>
    /// <param name="contacts">Makes the contact that is registered with it; null: one of this process.</param>
    /// <param name="before">The same peer as it was configured before; null for a new one.</param>
    /// <param name="identities">Where it is known by its TLS names; null: it is not.</param>
    public PeerState(Peer peer, ContactKey? contacts = null, PeerState? before = null, TlsIdentities? identities = null)
    {
        Peer = peer;
        Far = peer.TlsNames.IsEmpty ? default : identities?.OfPeer(peer.Index, peer.TlsNames, peer.IsShownCertificate).Number ?? default;
        _use = before?._use ?? new PeerUse { Tokens = Math.Max(peer.Limits.CallsPerSecond ?? 0, 1) };
        _standing = before is not null && before.Peer.NextHop == peer.NextHop && before.Peer.Realm == peer.Realm ? before._standing : new PeerStanding();
        ContactUser = before?.Peer.RegistersLike(peer) == true ? before.ContactUser : ContactOf(peer, contacts);
        ProxyRoute = RouteOf(peer.OutboundProxy);
        var address = peer.Address;
        var host = peer.Domain ?? (address is null ? "invalid" : address.Ip.IsV6 ? $"[{address.Host}]" : address.Host);
        Host = Encoding.ASCII.GetBytes(host);
        HostPort = address is { Port: not 0 } && peer.Domain is null ? Encoding.ASCII.GetBytes($"{host}:{address.Port}") : Host;
        if (peer.NextHop is { Ip.IsNone: false } next && !Hops.HasAnswer)
        {
            var transport = next.IsTls ? Transport.Tls : next.Transport ?? Transport.Udp;
            var endpoint = new IpEndpoint(next.Ip, next.Port == 0 ? SipPorts.Default(transport) : next.Port);
            Hops.Set(SipHops.Of(next.Host, [new SipHop(transport, endpoint)], TimeSpan.MaxValue));
        }

        Subscriptions = before?.Subscriptions ?? new Allotment(peer.Limits.Subscriptions ?? PeerLimits.UsualSubscriptions);
    }

    public Peer Peer { get; }

    /// <summary>Who it has to be at the far end of a TLS connection.</summary>
    public ushort Far { get; }

    /// <summary>The host in From, To and P-Asserted-Identity of what goes to it.</summary>
    public byte[] Host { get; }

    /// <summary>The host, with its port if the address has one, in the Request-URI.</summary>
    public byte[] HostPort { get; }

    /// <summary>Calls with a leg at this peer.</summary>
    public int ActiveCalls => Volatile.Read(ref _use.ActiveCalls);

    /// <summary>Subscriptions with an end at this peer.</summary>
    public Allotment Subscriptions { get; }

    /// <summary>Requests outside a dialog, of it or to it, that wait for their answer.</summary>
    public Allotment Requests => _use.Requests;

    /// <summary>Attempts by how they ended; see <see cref="AttemptOutcome"/>.</summary>
    public long[] Attempts => _use.Attempts;

    /// <summary>Where it is, or its outbound proxy; none while the host name has not been resolved.</summary>
    public PeerHops Hops => _standing.Hops;

    /// <summary>Counts a call in, unless a limit is reached; an emergency call always is.</summary>
    /// <param name="time">The same for all lanes.</param>
    /// <param name="isEmergency">No limit holds for it.</param>
    public bool TryBegin(TimeProvider time, bool isEmergency)
    {
        var calls = Interlocked.Increment(ref _use.ActiveCalls);
        if (isEmergency || ((Peer.Limits.Calls is not { } most || calls <= most) && TryToken(time)))
        {
            return true;
        }

        Interlocked.Decrement(ref _use.ActiveCalls);
        return false;
    }

    /// <summary>A bucket of one second's calls.</summary>
    private bool TryToken(TimeProvider time)
    {
        if (Peer.Limits.CallsPerSecond is not { } rate)
        {
            return true;
        }

        lock (Attempts)
        {
            var now = time.GetTimestamp();
            var since = _use.FilledAt is { } last ? time.GetElapsedTime(last, now).TotalSeconds : 0;
            _use.Tokens = Math.Min(Math.Max(rate, 1), _use.Tokens + (since * rate));
            _use.FilledAt = now;
            if (_use.Tokens < 1)
            {
                return false;
            }

            _use.Tokens--;
            return true;
        }
    }

    /// <summary>The longest rest that a peer gets, whatever it asks for.</summary>
    public static TimeSpan LongestRest { get; } = TimeSpan.FromHours(1);

    /// <summary>It asked not to be asked for a while (RFC 3261 §21.5.4).</summary>
    /// <param name="time">The same for all lanes.</param>
    /// <param name="seconds">From now on.</param>
    public void Rest(TimeProvider time, uint seconds)
    {
        if (seconds > 0)
        {
            Volatile.Write(ref _standing.RestsUntil, time.GetTimestamp() + (long)(Math.Min(seconds, LongestRest.TotalSeconds) * time.TimestampFrequency));
        }
    }

    /// <summary>How long it still rests; nothing if it does not.</summary>
    public TimeSpan RestLeft(TimeProvider time)
    {
        var until = Volatile.Read(ref _standing.RestsUntil);
        var left = until == 0 ? 0 : until - time.GetTimestamp();
        return left > 0 ? TimeSpan.FromSeconds(left / (double)time.TimestampFrequency) : TimeSpan.Zero;
    }

    public void End() => Interlocked.Decrement(ref _use.ActiveCalls);

    /// <summary>It has answered a call.</summary>
    /// <param name="milliseconds">Since it was asked.</param>
    internal void Answered(long milliseconds)
    {
        Attempted(AttemptOutcome.Answered);
        _use.Setup.Observe(milliseconds);
    }

    /// <summary>From the INVITE to it to its answer.</summary>
    public SetupTimes Setup => _use.Setup;

    public void Attempted(AttemptOutcome outcome) => Interlocked.Increment(ref Attempts[(int)outcome]);
}

/// <summary>How an attempt at a peer ended; the metric's label.</summary>
public enum AttemptOutcome : byte
{
    Answered,
    Refused,
    NoAnswer,
    Cancelled,
    Failed,
    Redirected,
    Count,
}
