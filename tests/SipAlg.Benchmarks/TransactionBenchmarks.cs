using BenchmarkDotNet.Attributes;
using SipAlg.Protocol.Addresses;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Lanes;
using SipAlg.Signaling.Transactions;
using SipAlg.Signaling.Transports;
using SipAlg.Testing;

namespace SipAlg.Benchmarks;

/// <summary>
/// What an INVITE and its answer cost above the wire: parsed, matched, answered 100 and 486, acknowledged, forgotten; and what it costs
/// in overload, where it is answered 503 and nothing is kept.
/// </summary>
[MemoryDiagnoser]
public class TransactionBenchmarks : ILane, ISignalingNetwork
{
    private readonly byte[] _invite = Samples.Invite;
    private readonly byte[] _ack = new byte[Samples.Invite.Length];
    private readonly ManualTime _time = new();
    private readonly Flow _flow = new(Transport.Udp, 0, IpEndpoint.Parse("198.51.100.1:5060"), IpEndpoint.Parse("198.51.100.23:5060"));
    private readonly Refuser _refuser = new();
    private SipLane _lane = null!;

    int ILane.Number => 0;
    int ILane.Count => 1;
    long ILane.Now => _time.Now;
    TimerWheel ILane.Timers => Timers;
    ISignalingNetwork ILane.Network => this;

    private TimerWheel Timers { get; } = new(0);

    [GlobalSetup]
    public void Start()
    {
        _lane = new SipLane(new LaneContext(this, [0]), _refuser, t1: 500);
        var acknowledged = System.Text.Encoding.ASCII.GetString(_invite).Replace("INVITE sip", "ACK sip", StringComparison.Ordinal)
            .Replace("21474 INVITE", "21474 ACK", StringComparison.Ordinal);
        System.Text.Encoding.ASCII.GetBytes(acknowledged).CopyTo(_ack, 0);
    }

    [Benchmark]
    public int RefusedInvite()
    {
        _lane.OnMessage(_flow, _invite, 0, _invite.Length);
        _lane.OnMessage(_flow, _ack, 0, _invite.Length - 6);
        _time.MoveTo(_time.Now + 5000);
        Timers.Advance(_time.Now, _lane);
        return _lane.Transactions.Count == 0 ? 0 : throw new InvalidOperationException("A transaction is left.");
    }

    [Benchmark]
    public int InviteRefusedForNow()
    {
        _refuser.IsOverloaded = true;
        _lane.OnMessage(_flow, _invite, 0, _invite.Length);
        _lane.OnMessage(_flow, _ack, 0, _invite.Length - 6);
        _refuser.IsOverloaded = false;
        return _lane.Transactions.Count == 0 ? 0 : throw new InvalidOperationException("A transaction is left.");
    }

    void ILane.Post(LaneEvent laneEvent) => throw new NotSupportedException();
    void ILane.PostTo(int lane, LaneEvent laneEvent) => throw new NotSupportedException();
    void ILane.HandOver(int lane, in Flow flow, ReadOnlySpan<byte> message) => throw new NotSupportedException();
    SendResult ISignalingNetwork.Send(in Flow flow, ReadOnlySpan<byte> message) => SendResult.Sent;
    Signaling.Tls.TlsIdentities ISignalingNetwork.Identities => throw new NotSupportedException();

    void ISignalingNetwork.Alias(ulong connection, in IpEndpoint remote, ushort far) => throw new NotSupportedException();

    void ISignalingNetwork.Close(ulong connection) => throw new NotSupportedException();
    IpAddress ISignalingNetwork.LocalAddressTowards(int listener, in IpEndpoint remote) => _flow.Local.Address;

    bool ISignalingNetwork.TryFlow(int group, Transport transport, in IpEndpoint remote, out Flow flow)
    {
        flow = _flow;
        return true;
    }

    /// <summary>Answers every request 486, or 503 before there is a transaction.</summary>
    private sealed class Refuser : ISipLaneUser
    {
        private TransactionLayer _transactions = null!;

        public bool IsOverloaded { get; set; }

        public bool MayBegin(SipMessage request, in Flow flow, ulong key)
        {
            if (IsOverloaded)
            {
                _ = _transactions.RefuseForNow(request, flow, key, 5);
            }

            return !IsOverloaded;
        }

        public void Attach(TransactionLayer transactions) => _transactions = transactions;
        public void OnRequest(TransactionId transaction, SipMessage request, in Flow flow) => _transactions.Reply(transaction, request, flow, 486);
        public void OnAck(SipMessage ack, in Flow flow)
        {
            if (!IsOverloaded)
            {
                throw new InvalidOperationException("The ACK found no transaction.");
            }
        }

        public void OnCancel(TransactionId invite, TransactionOwner owner, SipMessage cancel) => throw new NotSupportedException();
        public void OnResponse(TransactionId transaction, TransactionOwner owner, SipMessage response, in Flow flow) => throw new NotSupportedException();
        public void OnNoResponse(TransactionId transaction, TransactionOwner owner, SipMethod method, NoResponse reason) => throw new NotSupportedException();
        public void OnTimer(byte kind, int slot, uint generation) => throw new NotSupportedException();
        public void EndTurn()
        {
            // Nothing is raised inside a turn here.
        }

        public void OnFault(Exception fault) => throw fault;
    }
}
