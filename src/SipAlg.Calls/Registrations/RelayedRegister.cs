using SipAlg.Calls.Calls;
using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Lanes;
using SipAlg.Calls.Legs;
using SipAlg.Calls.Model;
using SipAlg.Calls.Peers;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Lanes;
using SipAlg.Signaling.Resolution;
using SipAlg.Signaling.Transactions;
using SipAlg.Signaling.Transports;

namespace SipAlg.Calls.Registrations;

/// <summary>A phone's REGISTER that waits for the registrar's answer; a registrar that is at several places (RFC 3263) is tried at each.</summary>
internal sealed class RelayedRegister : DialogOwner
{
    private readonly CallLane _lane;
    private readonly RegisterRelay _relay;
    private readonly Realm _realm;
    private readonly RelaySettings _settings;
    private readonly ulong[] _tokens;
    private readonly RelayedProof _proof;
    private readonly TransactionId _asked;
    private readonly TransactionOwner _owner;
    private readonly ulong _key;
    private readonly HopQueue _hops;
    private readonly long _until;
    private Flow _flow;
    private StoredOctets _register;
    private TransactionId _asking;
    private SipHop _hop;
    private TimerId _timer;

    private RelayedRegister(
        CallLane lane, RegisterRelay relay, TransactionId asked, SipMessage register, in Flow flow, Realm realm, RelaySettings settings, TransactionOwner owner, ulong key,
        ulong[] tokens, in RelayedProof proof)
    {
        (_lane, _relay, _asked, _flow, _realm, _settings, _owner, _key, _tokens, _proof) = (lane, relay, asked, flow, realm, settings, owner, key, tokens, proof);
        _register = lane.Lane.Octets.Keep(register.Octets);

        // Where it is itself: a Service-Route of the gateway's own registration is for other requests (RFC 3608 §5).
        _hops = new HopQueue(Registrar.Hops.InOrder(lane.Lane.Secrets, lane.Room.Time));
        _until = lane.Lane.Now + lane.Transactions.Times.Timeout;
    }

    private RouteTarget Target => new() { Kind = TargetKind.Peer, Peer = _settings.Registrar, Realm = _settings.Registrar.Realm };

    private PeerState Registrar => _lane.Room.Peers[_settings.Registrar.Index];

    /// <summary>Asks the registrar, of whose open requests one has been taken. False: the same one is being served already (RFC 3261 §8.2.2.2).</summary>
    public static bool TryBegin(
        CallLane lane, RegisterRelay relay, TransactionId asked, SipMessage register, in Flow flow, Realm realm, RelaySettings settings, ulong[] tokens, in RelayedProof proof)
    {
        if (!lane.TryReserve(register, out var slot, out var generation, out var key))
        {
            return false;
        }

        var owner = new TransactionOwner(slot, generation, 0);
        var request = new RelayedRegister(lane, relay, asked, register, flow, realm, settings, owner, key, tokens, proof);
        lane.Set(slot, request);
        lane.Transactions.Adopt(asked, owner);
        relay.OnBegun(request);
        request.Ask(register, 503);
        return true;
    }

    /// <summary>The phone's connection may be gone before its registrar has answered: then it is bound without one.</summary>
    public void OnConnectionClosed(ulong connection)
    {
        if (_flow.Connection == connection)
        {
            _flow = new Flow(_flow.Transport, _flow.Listener, _flow.Local, _flow.Remote);
        }
    }

    /// <summary>It begins no dialog.</summary>
    public override DialogEnd? LegWith(ulong secret, ReadOnlySpan<byte> remoteTag) => null;

    public override MethodSet AllowedFrom(DialogEnd end) => default;

    public override void OnRequest(DialogEnd end, TransactionId transaction, SipMessage request, in Flow flow) => _lane.Transactions.Reply(transaction, request, flow, 481);

    public override bool OnResponse(TransactionId transaction, int part, SipMessage response, in Flow flow)
    {
        if (transaction != _asking || response.Status < 200)
        {
            return true;
        }

        if (response.Status == 503 && _hops.HasNext)
        {
            Fail(503);
        }
        else
        {
            _relay.OnAnswer(_asked, Call.Parsed(_register), _flow, _realm, _settings, _tokens, _proof, response);
            End();
        }

        return true;
    }

    /// <summary>It has no credentials of the gateway's: a challenge is the phone's to answer.</summary>
    public override bool TryRenew(in Authentication.RenewedRequest renewed) => false;

    public override void OnNoResponse(TransactionId transaction, int part, NoResponse reason)
    {
        if (transaction == _asking)
        {
            Fail(reason == NoResponse.TimedOut ? 504 : 503);
        }
    }

    /// <summary>This place has had its share of the time.</summary>
    public override void OnTimer(CallTimer timer) => Fail(504);

    public override void HangUp(CallCause cause) => Refuse(cause == CallCause.Fault ? 500 : 503);

    private void Fail(int status)
    {
        Registrar.Hops.Fail(_hop, _lane.Room.Time, PeerHops.Rest);
        Ask(Call.Parsed(_register), status);
    }

    /// <summary>Asks the registrar at its next place.</summary>
    /// <param name="register">The phone's.</param>
    /// <param name="status">What the phone is told if there is none.</param>
    private void Ask(SipMessage register, int status)
    {
        _lane.Lane.Timers.Cancel(_timer);
        (_asking, _timer) = (default, default);
        if (!Destination.TryFind(_lane, Target, _hops, out var destination))
        {
            Refuse(status);
            return;
        }

        _hop = destination.Hop;
        _asking = _lane.Transactions.Reserve(SipMethod.Register, _owner);
        var writer = new MessageWriter(_lane.Output);
        _relay.WriteUpstream(ref writer, register, _realm, _settings, _tokens, !_proof.IsWithheld, destination, _asking);
        if (writer.Overflowed)
        {
            _lane.Transactions.Abandon(_asking);
            Refuse(513);
            return;
        }

        Messages.LargeRequests.Send(_lane, _asking, destination.Flow, _lane.Output.AsSpan(0, writer.Length), _settings.Registrar.LargeRequests, destination.FixesTransport);
        if (_hops.HasNext)
        {
            var share = Math.Max(_until - _lane.Lane.Now, 0) / (_hops.Left + 1);
            _timer = _lane.Lane.Timers.Schedule(_lane.Lane.Now + share, (byte)CallTimer.NoAnswer, _owner.Slot, _owner.Generation);
        }
    }

    private void Refuse(int status)
    {
        var register = Call.Parsed(_register);
        _lane.NotRegistered(register, _flow, status, status == 513 ? RefusalReason.BadRegister : RefusalReason.RegistrarDown, registrar: Registrar.Peer.Name);
        _lane.Transactions.Reply(_asked, register, _flow, status);
        End();
    }

    private void End()
    {
        _lane.Lane.Timers.Cancel(_timer);
        _lane.Lane.Octets.Drop(ref _register);
        Registrar.Requests.Give();
        _relay.OnOver(this, _flow);
        _lane.ForgetInvite(_key);
        _lane.Remove(_owner.Slot);
    }
}
