using System.Text;
using SipAlg.Protocol.Addresses;
using SipAlg.Signaling.Gate;
using SipAlg.Signaling.Identifiers;
using SipAlg.Signaling.Lanes;
using SipAlg.Signaling.Tls;
using SipAlg.Signaling.Transactions;
using SipAlg.Signaling.Transports;

namespace SipAlg.Testing.Lanes;

/// <summary>
/// One lane with its real SIP logic and timers over a network in memory and a clock that the test moves, so that a scenario
/// is exact to the millisecond. A fault inside a turn is thrown at the test.
/// </summary>
public sealed class LaneHarness
{
    /// <summary>UDP and TCP of realm 0 on 192.0.2.1, of realm 1 on 198.51.100.1.</summary>
    public static IReadOnlyList<ListenerOptions> TwoRealms { get; } =
    [
        new("inside", 0, Transport.Udp, IpEndpoint.Parse("192.0.2.1:5060")),
        new("inside", 0, Transport.Tcp, IpEndpoint.Parse("192.0.2.1:5060")),
        new("outside", 1, Transport.Udp, IpEndpoint.Parse("198.51.100.1:5060")),
        new("outside", 1, Transport.Tcp, IpEndpoint.Parse("198.51.100.1:5060")),
    ];

    private readonly byte[] _buffer = new byte[65536];
    private readonly IReadOnlyList<ListenerOptions> _listeners;
    private readonly SipLane _sip;
    private readonly Turns _turns;

    /// <param name="user">Makes the logic above the transactions.</param>
    /// <param name="t1">Milliseconds.</param>
    /// <param name="listeners">Default: <see cref="TwoRealms"/>.</param>
    /// <param name="lane">This lane's number.</param>
    /// <param name="lanes">How many lanes there are; what the others get is kept in <see cref="Lane"/>.</param>
    /// <param name="seed">Of everything that is drawn by lot.</param>
    /// <param name="gate">Says who is heard; null: everybody.</param>
    /// <param name="identities">Who is known with TLS; null: nobody yet.</param>
    public LaneHarness(
        Func<LaneContext, ISipLaneUser> user, int t1 = 500, IReadOnlyList<ListenerOptions>? listeners = null, int lane = 0, int lanes = 1, int seed = 1, GateBoard? gate = null,
        TlsIdentities? identities = null)
    {
        _listeners = listeners ?? TwoRealms;
        Network = new MemoryNetwork(_listeners, Time) { Identities = identities ?? new() };
        Lane = new MemoryLane(lane, lanes, Time, Network, gate is null ? null : new SourceGate(gate));
        Context = new LaneContext(Lane, [.. _listeners.Select(listener => listener.Group)], new SecretSource(new Random(seed).NextBytes));
        _sip = new SipLane(Context, user(Context), t1);
        _turns = new Turns(_sip);
    }

    public ManualTime Time { get; } = new();
    public MemoryNetwork Network { get; }
    public MemoryLane Lane { get; }
    public LaneContext Context { get; }
    public TransactionLayer Transactions => _sip.Transactions;

    /// <summary>Nothing is left: no transaction, no message kept, no timer.</summary>
    public bool IsIdle => Transactions.Count == 0 && Transactions.KeptMessages == 0 && Lane.Timers.Count == 0;

    /// <summary>The way between a listener and a far side.</summary>
    /// <param name="remote">"203.0.113.5:5060".</param>
    /// <param name="connection">0 over UDP, or for a connection that is still to be opened.</param>
    public Flow Flow(int listener, string remote, ulong connection = 0) =>
        new(_listeners[listener].Transport, listener, _listeners[listener].Address, IpEndpoint.Parse(remote), connection);

    /// <summary>A message arrives. Line ends may be LF in the test's text; CRLF goes to the lane.</summary>
    public void Receive(in Flow flow, string message) =>
        Receive(flow, Encoding.UTF8.GetBytes(message.ReplaceLineEndings("\r\n")));

    public void Receive(in Flow flow, ReadOnlySpan<byte> message)
    {
        if (!flow.IsReliable && Lane.Gate?.Admits(flow.Listener, flow.Remote.Address, GateCharge.Packet, Time.Now) == false)
        {
            return;
        }

        message.CopyTo(_buffer);
        _sip.OnMessage(flow, _buffer, 0, message.Length);
        EndTurn();

        // The lane's octets are its own only for the turn: what is still read afterwards shows.
        _buffer.AsSpan(0, message.Length).Fill((byte)'#');
    }

    public void Unreachable(in Flow flow, UnreachableReason reason = UnreachableReason.Port)
    {
        _sip.OnUnreachable(flow, reason);
        EndTurn();
    }

    public void Connected(in Flow flow)
    {
        _sip.OnConnected(flow);
        EndTurn();
    }

    public void ConnectionFailed(in Flow flow, ConnectFailure reason)
    {
        _sip.OnConnectionFailed(flow, reason);
        EndTurn();
    }

    public void ConnectionClosed(in Flow flow, CloseReason reason = CloseReason.Remote)
    {
        _sip.OnConnectionClosed(flow, reason);
        EndTurn();
    }

    /// <summary>An interval has ended in which inputs waited like this.</summary>
    public void Load(in LaneLoad load) => _sip.OnLoad(load);

    /// <summary>Does something as a turn of its own, e.g. what an event of another thread would.</summary>
    public void Turn(Action work)
    {
        work();
        EndTurn();
    }

    /// <summary>Runs what other threads posted.</summary>
    public void RunPosted()
    {
        while (Lane.TryTake(out var laneEvent))
        {
            laneEvent.Run(_sip);
            _sip.EndTurn();
        }
    }

    /// <summary>Moves the clock, stopping where a timer is due.</summary>
    public void Advance(long milliseconds)
    {
        var target = Time.Now + milliseconds;
        while (Lane.Timers.NextDue <= target)
        {
            Time.MoveTo(Math.Max(Time.Now, Lane.Timers.NextDue));
            Lane.Timers.Advance(Time.Now, _turns);
            RunPosted();
        }

        Time.MoveTo(target);
        Lane.Timers.Advance(target, _turns);
    }

    private void EndTurn()
    {
        _sip.EndTurn();
        RunPosted();
    }

    /// <summary>Each timer is an input of its own.</summary>
    private sealed class Turns(SipLane sip) : ITimerSink
    {
        public void OnTimer(byte kind, int slot, uint generation)
        {
            sip.OnTimer(kind, slot, generation);
            sip.EndTurn();
        }
    }
}
