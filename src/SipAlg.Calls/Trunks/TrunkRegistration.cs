using System.Text;
using SipAlg.Calls.Calls;
using SipAlg.Calls.Headers;
using SipAlg.Calls.Lanes;
using SipAlg.Calls.Legs;
using SipAlg.Calls.Messages;
using SipAlg.Calls.Model;
using SipAlg.Calls.Peers;
using SipAlg.Protocol.Addresses;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Dialogs;
using SipAlg.Signaling.Identifiers;
using SipAlg.Signaling.Lanes;
using SipAlg.Signaling.Resolution;
using SipAlg.Signaling.Transactions;
using SipAlg.Signaling.Transports;

namespace SipAlg.Calls.Trunks;

/// <summary>
/// The gateway's registration with one peer (RFC 3261 §10.2): kept up with refreshes, tried again when it fails, at each place of the
/// peer (RFC 3263 §4.3), and taken back when the gateway stops. Challenges are met before an answer gets here.
/// </summary>
internal sealed partial class TrunkRegistration : DialogOwner
{
    private const int MaxForwards = 70;

    private readonly CallLane _lane;
    private readonly PeerRegistration _asked;
    private readonly TransactionOwner _owner;
    private readonly MintedId _id;
    private PeerState _peer;

    /// <summary>Names of all its REGISTERs: one Call-ID, and a CSeq that rises (§10.2).</summary>
    private readonly Dialog _dialog;

    /// <summary>Seconds asked for; more than configured once the registrar wants that (423).</summary>
    private uint _expires;

    /// <summary>What the REGISTER that is under way asks for; 0: to be removed.</summary>
    private uint _requested;
    private byte[] _contact = [];

    /// <summary>What it knew us by before; empty when it was told that this holds no more.</summary>
    private byte[] _left = [];
    private HopQueue _hops = new([]);
    private SipHop _hop;

    /// <summary>The place that has granted what holds now.</summary>
    private SipHop _registrar;
    private TransactionId _asking;
    private TimerId _timer;

    /// <summary>The connection that the last answer came by; 0 over UDP.</summary>
    private ulong _connection;

    /// <summary>Connections in a row that did not last.</summary>
    private int _losses;
    private RegistrationFailure _failure;
    private bool _hasRaised;
    private bool _isEnding;

    private TrunkRegistration(CallLane lane, PeerState peer, TransactionOwner owner)
    {
        (_lane, _peer, _owner) = (lane, peer, owner);
        _asked = peer.Peer.Register!;
        _expires = (uint)_asked.Expires.TotalSeconds;
        _id = lane.Lane.MintId(owner.Slot);
        _dialog = NewDialog();
    }

    /// <summary>Registers soon, and from then on.</summary>
    public static TrunkRegistration Begin(CallLane lane, PeerState peer)
    {
        var slot = lane.Reserve(out var generation);
        var registration = new TrunkRegistration(lane, peer, new TransactionOwner(slot, generation, 0));
        lane.Set(slot, registration);
        registration.Publish(RegistrationStatus.Begun);
        registration.Wait(RegistrationPace.Draw(lane.Lane.Secrets, RegistrationPace.Start));
        return registration;
    }

    public PeerState Peer => _peer;

    /// <summary>
    /// The peer, or the way to it, may be configured otherwise, but it is registered with as before. Where calls would come to another address of
    /// ours than it was told, it is told at once. A registration that failed is tried again soon: what was wrong may be what has changed.
    /// </summary>
    public void Follow(PeerState peer)
    {
        var isOther = peer != _peer;
        if (isOther)
        {
            peer.TakeRegistration(_peer);
            _peer = peer;
            _expires = (uint)peer.Peer.Register!.Expires.TotalSeconds;
        }

        if (!IsAsking && !_isEnding && Status.IsRegistered(_lane.Room.Time) &&
            _lane.TryFlow(_peer, _registrar, out var flow) && ContactAt(flow, _lane.Shown(flow)) != _contact)
        {
            _left = _contact;
            StopTimer();
            Try();
        }
        else if (isOther && Status.Failures > 0)
        {
            OnPeerBack();
        }
    }

    private RegistrationStatus Status => _peer.Registration!;
    private bool IsAsking => !_asking.IsNone;

    /// <summary>RFC 3261 §10.2: the Request-URI is the domain, To the address-of-record, From the same with our tag.</summary>
    private Dialog NewDialog()
    {
        Span<byte> callId = stackalloc byte[MintedId.TextLength];
        Span<byte> tag = stackalloc byte[MintedId.TextLength];
        _lane.Lane.MintId(_owner.Slot).Format(callId);
        _id.Format(tag);
        var domain = Encoding.ASCII.GetBytes((_asked.Aor with { User = null }).ToString());
        var aor = Encoding.ASCII.GetBytes($"<{_asked.Aor}>");
        var dialog = _lane.Dialogs.FromOwnRequest(callId, [.. aor, .. ";tag="u8, .. tag], aor, domain, _peer.ProxyRoute);
        dialog.LocalSequence = 0;
        return dialog;
    }

    private void Wait(long milliseconds)
    {
        _lane.Lane.Timers.Cancel(_timer);
        _timer = _lane.Lane.Timers.Schedule(_lane.Lane.Now + milliseconds, (byte)CallTimer.Trunk, _owner.Slot, _owner.Generation);
        Publish(Status with { Next = _lane.Room.Time.GetUtcNow() + TimeSpan.FromMilliseconds(milliseconds) });
    }

    private void StopTimer()
    {
        _lane.Lane.Timers.Cancel(_timer);
        _timer = default;
    }

    private void Publish(RegistrationStatus status) => _peer.Registration = status;

    public override void OnTimer(CallTimer timer)
    {
        _timer = default;
        if (IsAsking)
        {
            // This place has had its share of the time.
            _lane.ClientRequests.Forget(_asking);
            _lane.Transactions.Forget(_asking);
            OnNoResponse(_asking, 0, NoResponse.TimedOut);
        }
        else
        {
            Try();
        }
    }

    /// <summary>The peer answers pings again: if it was started anew, it has forgotten us.</summary>
    public void OnPeerBack()
    {
        if (!IsAsking && !_isEnding)
        {
            Wait(RegistrationPace.Draw(_lane.Lane.Secrets, RegistrationPace.Return));
        }
    }

    /// <summary>
    /// Calls could come by this connection, perhaps by no other way. Of a registrar that soon closes each, every next loss is waited for
    /// longer, but no longer than for the refresh.
    /// </summary>
    public void OnConnectionClosed(ulong connection)
    {
        if (connection == 0 || connection != _connection)
        {
            return;
        }

        _connection = 0;
        var now = _lane.Room.Time.GetUtcNow();
        _losses = now - Status.Answered < RegistrationPace.Lasting ? _losses + 1 : 0;
        if (_losses < 2)
        {
            OnPeerBack();
        }
        else if (!IsAsking && !_isEnding && Status.Next is { } next)
        {
            var left = Math.Max((long)(next - now).TotalMilliseconds, 0);
            Wait(Math.Min(left, RegistrationPace.Retry(_losses - 1, isRefusal: false, 0, _lane.Lane.Secrets)));
        }
    }

    private void Try()
    {
        _hops = new HopQueue(_peer.Hops.InOrder(_lane.Lane.Secrets, _lane.Room.Time));
        _failure = new RegistrationFailure(RegistrationOutcome.NoAddress);
        _hasRaised = false;
        if (!_hops.HasNext && !_peer.Hops.HasAnswer)
        {
            // The first look-up of its name is still under way.
            Wait(RegistrationPace.Unresolved);
            return;
        }

        TryNextPlace();
    }

    private void TryNextPlace()
    {
        while (_hops.HasNext)
        {
            _hop = _hops.Take(out _);
            if (_lane.TryFlow(_peer, _hop, out var flow))
            {
                Ask(flow, _expires);
                return;
            }
        }

        Fail();
    }

    private void Ask(in Flow flow, uint expires)
    {
        var shown = _lane.Shown(flow);
        (_contact, _requested) = (ContactAt(flow, shown), expires);
        _asking = _lane.Transactions.Reserve(SipMethod.Register, _owner);
        var writer = new MessageWriter(_lane.Output);
        _dialog.WriteRequest(ref writer, SipMethod.Register, ++_dialog.LocalSequence, MaxForwards, LegMessages.ViaOf(_lane.Transactions, _asking, flow, shown));
        writer.Write("Contact: <"u8);
        writer.Write(_contact);
        writer.Write(">;expires="u8);
        writer.Write(expires);
        if (_left.Length > 0)
        {
            // RFC 3261 §10.2.2.
            writer.Write(", <"u8);
            writer.Write(_left);
            writer.Write(">;expires=0"u8);
            _left = [];
        }

        writer.EndLine();
        writer.Field("Expires"u8, expires);
        LegMessages.WriteAllowOutside(ref writer, _lane.Room.Model.Realms[_peer.Peer.Realm].Access);
        writer.Finish(default);
        var end = new DialogEnd { Dialog = _dialog, Flow = flow, Secret = _id.Secret, Realm = _peer.Peer.Realm, Peer = _peer };
        Publish(Status with { Next = null, Place = _hop, Contact = ContactToShow() });
        _lane.ClientRequests.Send(_asking, end, _lane.Output.AsSpan(0, writer.Length), fixesTransport: true);
        ShareTime();
    }

    /// <summary>Who has other places behind it gets its share of 64·T1.</summary>
    private void ShareTime()
    {
        StopTimer();
        if (_hops.HasNext && !_isEnding)
        {
            var share = _lane.Transactions.Times.Timeout / (_hops.Left + 1);
            _timer = _lane.Lane.Timers.Schedule(_lane.Lane.Now + share, (byte)CallTimer.Trunk, _owner.Slot, _owner.Generation);
        }
    }

    private byte[] ContactAt(in Flow flow, IpEndpoint shown)
    {
        var writer = new MessageWriter(_lane.Names);
        writer.Write("sip:"u8);
        writer.Write(_peer.ContactUser);
        writer.Write((byte)'@');
        writer.Write(shown);
        UriWriter.WriteTransport(ref writer, flow.Transport);
        return writer.Written.SequenceEqual(_contact) ? _contact : writer.Written.ToArray();
    }

    /// <summary>Who reads a secret contact in a log could call as the peer.</summary>
    private string ContactToShow()
    {
        var text = Encoding.UTF8.GetString(_contact);
        return _peer.HasSecretContact ? $"sip:***{text[text.IndexOf('@', StringComparison.Ordinal)..]}" : text;
    }

    /// <summary>Ends the registration: with the gateway for good, after a fault until it is tried again.</summary>
    public override void HangUp(CallCause cause)
    {
        if (cause == CallCause.Fault)
        {
            _asking = default;
            _failure = new RegistrationFailure(RegistrationOutcome.Failed);
            Fail();
            return;
        }

        if (_isEnding)
        {
            return;
        }

        _isEnding = true;
        _lane.Trunks.Ending++;
        StopTimer();

        // RFC 3261 §10.2: an answer that is due is waited for first.
        if (!IsAsking)
        {
            Remove();
        }
    }

    /// <summary>RFC 3261 §10.2.2, at the place that granted it.</summary>
    private void Remove()
    {
        if (Status.IsRegistered(_lane.Room.Time) && _lane.TryFlow(_peer, _registrar, out var flow))
        {
            _hop = _registrar;
            Ask(flow, 0);
        }
        else
        {
            End();
        }
    }

    private void End()
    {
        Publish(Status with { Until = 0, RegisteredUntil = null, Next = null, Outcome = RegistrationOutcome.Removed });
        _peer.GoBy(default, null);
        StopTimer();
        _lane.Trunks.Ending--;
        _lane.Remove(_owner.Slot);
    }

    // ---- nobody asks it anything

    public override DialogEnd? LegWith(ulong secret, ReadOnlySpan<byte> remoteTag) => null;

    public override MethodSet AllowedFrom(DialogEnd end) => default;

    public override void OnRequest(DialogEnd end, TransactionId transaction, SipMessage request, in Flow flow) => _lane.Transactions.Reply(transaction, request, flow, 481);
}

/// <summary>Why an attempt to register has failed.</summary>
/// <param name="Status">Of the answer; 0 without one.</param>
/// <param name="RetryAfter">Seconds; 0 for none.</param>
internal readonly record struct RegistrationFailure(RegistrationOutcome Outcome, int Status = 0, uint RetryAfter = 0);
