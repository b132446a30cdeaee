using System.Text;
using SipAlg.Calls.Lanes;
using SipAlg.Calls.Model;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Identifiers;
using SipAlg.Signaling.Messages;
using SipAlg.Signaling.Transactions;
using SipAlg.Signaling.Transports;

namespace SipAlg.Calls.Registrations;

/// <summary>
/// Registrations that go to a peer, which is the registrar and knows the passwords. It gets a contact of the gateway's in place of the
/// phone's, and only what it accepts is bound. A refresh that is in every respect that of a binding is answered here, until the registrar's
/// own time for it runs out; everything else is asked of the registrar. Lane-owned, in the lane that has all registrations.
/// </summary>
internal sealed partial class RegisterRelay
{
    /// <summary>Contacts in one REGISTER.</summary>
    private const int MostContacts = 10;

    private const int RetryAfterSeconds = 5;

    /// <summary>Registrations end, but not soon.</summary>
    private const int FullSeconds = 60;

    private readonly CallLane _lane;
    private readonly Registrar _registrar;
    private readonly KeyedHash _tokens;
    private readonly KeyedHash _callIds;
    private readonly byte[] _aor = new byte[2 * SipLimits.Identifier];
    private long[] _refreshed;
    private long _lastWrite;

    public RegisterRelay(CallLane lane, Registrar registrar)
    {
        (_lane, _registrar) = (lane, registrar);
        Bindings = new RelayedBindings(lane);
        KeepAlives = new KeepAlives(lane, this, CallTimer.RelayedKeepAlive);
        _refreshed = new long[lane.Room.Model.Realms.Length];
        _tokens = lane.Room.ContactKey.HashFor("relayed contacts"u8);
        _challenges = new PassedChallenges(_tokens);
        _callIds = lane.Room.ContactKey.HashFor("Call-IDs of relayed registrations"u8);
        registrar.Relay = this;
    }

    public RelayedBindings Bindings { get; }

    /// <summary>Refreshes of a realm's phones that were answered here; read by anybody.</summary>
    public long Refreshed(int realm) => Volatile.Read(ref _refreshed[realm]);

    /// <summary>There are more realms.</summary>
    public void Grow(int realms)
    {
        _refreshed = CallCounters.Grown(_refreshed, realms);
        Bindings.Table.Grow(realms);
        KeepAlives.Grow(realms);
    }

    /// <summary>A REGISTER of anybody in a realm whose registrar is a peer.</summary>
    public void OnRegister(TransactionId transaction, SipMessage register, in Flow flow, Realm realm, RelaySettings settings)
    {
        if (!TryAor(register, _aor, out var length))
        {
            _lane.Refuse(transaction, register, flow, 400, RefusalReason.BadRegister, "Bad address-of-record"u8);
        }
        else if (!AreContactsSound(register))
        {
            _lane.Refuse(transaction, register, flow, 400, RefusalReason.BadRegister, "Bad Contact"u8);
        }
        else if (!_registrar.TryReadPath(register, out _))
        {
            _lane.Refuse(transaction, register, flow, 513, RefusalReason.BadRegister, "Path Too Long"u8);
        }
        else if (!TryRefresh(transaction, register, flow, realm, settings, _aor.AsSpan(0, length)))
        {
            Pass(transaction, register, flow, realm, settings, _aor.AsSpan(0, length));
        }
    }

    /// <summary>Where the phone is that the registrar knows by this contact.</summary>
    /// <param name="name">What stands before the @ of it.</param>
    /// <param name="registrar">Who asks: its own contacts alone are known to it.</param>
    public FoundContacts Find(string name, Peer registrar)
    {
        if (!MintedId.TryParse(Encoding.UTF8.GetBytes(name), out var id) || Bindings.Find(id.Secret) is not (>= 0 and var slot) ||
            _lane.Room.Model.Realms[Bindings[slot].Realm].Relay is not { } settings || settings.Registrar.Index != registrar.Index)
        {
            return new FoundContacts(404, []);
        }

        ref var binding = ref Bindings[slot];
        var contact = new RegisteredContact
        {
            User = settings.Phones,
            Domain = binding.Aor[(binding.Aor.LastIndexOf((byte)'@') + 1)..].ToArray(),
            Uri = binding.Contact.ToArray(),
            Path = binding.Path.ToArray(),
            Flow = binding.Flow,
            Traits = binding.Traits,
            Realm = binding.Realm,
            Q = binding.Q,
        };
        return contact.IsReachable ? new FoundContacts(200, [contact]) : new FoundContacts(480, []);
    }

    /// <summary>Ends all contacts of an address-of-record; the registrar is not told, which only the phone could.</summary>
    /// <returns>How many there were.</returns>
    public int End(ReadOnlySpan<byte> aor)
    {
        var before = Bindings.Count;
        for (var slot = Bindings.Any(aor); slot >= 0; slot = Bindings.Any(aor))
        {
            Remove(slot);
        }

        return before - Bindings.Count;
    }

    public void OnExpired(int slot, uint generation)
    {
        if (Bindings.Holds(slot, generation))
        {
            Remove(slot);
        }
    }

    /// <summary>Nobody is admitted by it any more; its contact may still be reached, if it is a public one.</summary>
    public void OnConnectionClosed(ulong connection)
    {
        for (var slot = Bindings.FirstOn(connection); slot >= 0; slot = Bindings.FirstOn(connection))
        {
            var flow = Bindings[slot].Flow;
            Bindings.SetFlow(slot, new Flow(flow.Transport, flow.Listener, flow.Local, flow.Remote));
        }

        foreach (var register in _asking)
        {
            register.OnConnectionClosed(connection);
        }
    }

    /// <summary>Asks the registrar, unless it is known to be down, or too many questions to it are open already.</summary>
    private void Pass(TransactionId transaction, SipMessage register, in Flow flow, Realm realm, RelaySettings settings, ReadOnlySpan<byte> aor)
    {
        var open = _lane.Room.Peers[settings.Registrar.Index].Requests;
        if (IsDown(settings))
        {
            RefuseForNow(transaction, register, flow, RefusalReason.RegistrarDown, DownSeconds());
        }
        else if (WhyNoRoom(register, flow, realm, aor) is { } reason)
        {
            RefuseForRoom(transaction, register, flow, reason);
        }
        else if (!TryTake(flow))
        {
            RefuseForNow(transaction, register, flow);
        }
        else if (!open.TryTake(isEmergency: false))
        {
            OnOver(flow);
            RefuseForNow(transaction, register, flow);
        }
        else if (!RelayedRegister.TryBegin(_lane, this, transaction, register, flow, realm, settings, TokensOf(register, flow, realm, aor), ProofOf(register, flow, realm, settings, aor)))
        {
            OnOver(flow);
            open.Give();
            _lane.Refuse(transaction, register, flow, 482, RefusalReason.Merged);
        }
    }

    private void RefuseForRoom(TransactionId transaction, SipMessage register, in Flow flow, RefusalReason reason)
    {
        if (reason == RefusalReason.TooManyContacts)
        {
            _lane.Refuse(transaction, register, flow, 403, reason, "Too Many Contacts"u8);
        }
        else
        {
            RefuseForNow(transaction, register, flow, reason, FullSeconds);
        }
    }

    private void RefuseForNow(
        TransactionId transaction, SipMessage register, in Flow flow, RefusalReason reason = RefusalReason.PeerLimit, int retryAfter = RetryAfterSeconds)
    {
        _lane.Refused(transaction, register, flow, 503, reason);
        var writer = Begin(register, flow, 503, default);
        writer.Field("Retry-After"u8, retryAfter);
        writer.Finish(default);
        _lane.Transactions.Respond(transaction, 503, writer.Written);
    }

    private MessageWriter Begin(SipMessage register, in Flow flow, int status, ReadOnlySpan<byte> phrase)
    {
        Span<byte> tag = stackalloc byte[MintedId.TextLength];
        var writer = new MessageWriter(_lane.Output);
        ResponseHead.Write(ref writer, register, flow, status, phrase, tag[.._lane.Lane.MintId(0).Format(tag)]);
        return writer;
    }

    private void Remove(int slot)
    {
        _lastWrite = _registrar.Journal?.Forget(Bindings[slot].Id) ?? 0;
        Bindings.Remove(slot);
    }

    /// <summary>The address-of-record as the phone writes it, without port and parameters.</summary>
    private static bool TryAor(SipMessage register, Span<byte> room, out int length)
    {
        length = 0;
        if (!NameAddress.TryParse(register.First(HeaderId.To), out var to) || !SipUri.TryParse(to.Uri, out var uri) || !uri.IsSip || uri.User.IsEmpty ||
            uri.User.Length + 1 + uri.Host.Length > room.Length)
        {
            return false;
        }

        var writer = new MessageWriter(room);
        writer.Write(uri.User);
        writer.Write((byte)'@');
        var host = writer.Length;
        writer.Write(uri.Host);
        length = writer.Length;
        _ = Ascii.ToLowerInPlace(room[host..length], out _);
        return true;
    }

    /// <summary>What no contact of the gateway's can be made of; RFC 3261 §10.3 step 6: nothing stands beside a wildcard.</summary>
    private static bool AreContactsSound(SipMessage register)
    {
        var isWildcard = Registrar.IsWildcard(register);
        var count = 0;
        foreach (var value in new RegisterContacts(register))
        {
            count++;
            if (!isWildcard && !ContactToRegister.TryParse(value, isOutbound: false, out _))
            {
                return false;
            }
        }

        return isWildcard ? count == 1 && DeltaSeconds.Read(register.First(HeaderId.Expires)) == 0 : count <= MostContacts;
    }
}
