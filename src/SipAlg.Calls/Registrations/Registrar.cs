using System.Text;
using SipAlg.Calls.Admission;
using SipAlg.Calls.Calls;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Lanes;
using SipAlg.Signaling.Transactions;
using SipAlg.Signaling.Transports;

namespace SipAlg.Calls.Registrations;

/// <summary>
/// The registrar (RFC 3261 §10.3) with Path (RFC 3327) and the flows of Outbound (RFC 5626). A REGISTER is judged as a whole before
/// any of it is done; what it changed is answered when the journal has kept it.
/// </summary>
public sealed partial class Registrar
{
    private readonly LaneContext _lane;
    private readonly TransactionLayer _transactions;
    private readonly IBindingJournal? _journal;
    private readonly TimeProvider _time;
    private readonly WaitingAnswers _waiting;
    private readonly GruuMint _gruus;
    private readonly byte[] _output = new byte[SipLimits.Message];
    private long _lastId;
    private long _lastWrite;

    /// <param name="lane">The one lane that all registrations are in.</param>
    /// <param name="transactions">Of that lane.</param>
    /// <param name="timer">The kind of timer that <see cref="OnExpired"/> is to be called for.</param>
    /// <param name="realms">How many there are.</param>
    /// <param name="journal">Null: bindings end with the process.</param>
    /// <param name="time">The time of day.</param>
    /// <param name="gruus">Makes temporary GRUUs.</param>
    /// <param name="watch">Told of bindings that begin and end; null: nobody looks on.</param>
    internal Registrar(LaneContext lane, TransactionLayer transactions, byte timer, int realms, IBindingJournal? journal, TimeProvider time, GruuMint gruus, ILiveWatch? watch)
    {
        (_lane, _transactions, _journal, _time, _gruus) = (lane, transactions, journal, time, gruus);
        Bindings = new BindingTable(lane, timer, realms, watch);
        _waiting = new WaitingAnswers(lane, transactions);
    }

    internal BindingTable Bindings { get; }

    /// <summary>Contacts that stand in a realm; read by anybody.</summary>
    public int Active(int realm) => Bindings.CountOf(realm) + (Relay?.Bindings.CountOf(realm) ?? 0);

    /// <summary>Copies bindings, from a slot on, and says where the next page begins.</summary>
    /// <param name="from">0 for the first page, then what the last one returned.</param>
    /// <param name="page">Filled from its beginning.</param>
    /// <param name="count">How many are in the page.</param>
    /// <returns>The slot to go on from, −1 after the last.</returns>
    public int List(int from, Span<BindingRecord> page, out int count)
    {
        count = 0;
        if (from >= RelayedSlots)
        {
            return ListRelayed(from, page, ref count);
        }

        for (var slot = from; slot < Bindings.Top; slot++)
        {
            if (count == page.Length)
            {
                return slot;
            }

            if (Bindings.IsTaken(slot))
            {
                page[count++] = RecordOf(slot);
            }
        }

        return Relay is null ? -1 : ListRelayed(RelayedSlots, page, ref count);
    }

    /// <summary>Ends all contacts of an address-of-record.</summary>
    /// <returns>How many there were.</returns>
    public int End(ReadOnlySpan<byte> aor)
    {
        var before = Bindings.Count;
        RemoveAll(aor);
        return before - Bindings.Count + (Relay?.End(aor) ?? 0);
    }

    /// <summary>Answers a REGISTER of somebody who may register these contacts.</summary>
    /// <returns>The status that it was answered with.</returns>
    internal int OnRegister(TransactionId transaction, SipMessage register, in Flow flow, in RegisteringUser user, RegistrarSettings settings)
    {
        var extensions = OptionTags.In(register, HeaderId.Supported) | OptionTags.In(register, HeaderId.Require);
        var status = Judge(register, flow, user, settings, extensions);
        if (status != 200)
        {
            Refuse(transaction, register, flow, status, settings, user);
            return status;
        }

        if (IsWildcard(register))
        {
            RemoveAll(user.Aor);
        }
        else
        {
            Apply(register, flow, user, settings, extensions);
        }

        Answer(transaction, register, flow, user, settings, extensions);
        return status;
    }

    /// <summary>A binding has had its time.</summary>
    public void OnExpired(int slot, uint generation)
    {
        if (Bindings.Holds(slot, generation))
        {
            Remove(slot);
        }
    }

    /// <summary>The connection is gone that some bindings were reached by: flows of Outbound end with it, others are kept, since their contact may still be reached.</summary>
    public void OnConnectionClosed(ulong connection)
    {
        for (var slot = Bindings.FirstOn(connection); slot >= 0; slot = Bindings.FirstOn(connection))
        {
            if (IsOfConnection(Bindings[slot].Traits, Bindings[slot].Path))
            {
                Remove(slot);
            }
            else
            {
                var flow = Bindings[slot].Flow;
                Bindings.SetFlow(slot, new Flow(flow.Transport, flow.Listener, flow.Local, flow.Remote));
            }
        }
    }

    /// <summary>RFC 5626 §5.3: a flow of Outbound is its connection; by a Path it is one of the proxy that the Path names (§5.1), which is reached by its name.</summary>
    private static bool IsOfConnection(BindingTraits traits, ReadOnlySpan<byte> path) => (traits & BindingTraits.IsOutbound) != 0 && path.IsEmpty;

    /// <summary>RFC 3261 §10.3 steps 6 and 7: 200 if all of it can be done, else why not.</summary>
    private int Judge(SipMessage register, in Flow flow, in RegisteringUser user, RegistrarSettings settings, SipExtensions extensions)
    {
        if (!TryReadPath(register, out _))
        {
            return 513;
        }

        var isWildcard = IsWildcard(register);
        var (count, lasting, flows) = (0, 0, 0);
        foreach (var value in new RegisterContacts(register))
        {
            count++;
            if (isWildcard)
            {
                continue;
            }

            if (!TryContact(value, extensions, out var contact))
            {
                return 400;
            }

            if (IsOwnGruu(contact.Uri, user))
            {
                return 403;
            }

            var isLasting = Asked(register, contact) != 0;
            lasting += isLasting ? 1 : 0;
            flows += isLasting && contact.RegId != 0 ? 1 : 0;
            if (settings.IsTooShort(Asked(register, contact)))
            {
                return 423;
            }

            if (contact.RegId != 0 && !IsFirstHopOutbound(register))
            {
                // RFC 5626 §6
                return 439;
            }

            if (Bindings.Find(user.Aor, contact, new RegisteringPlace(register, flow, user.IsNatAware)) is >= 0 and var slot && IsOld(slot, register))
            {
                return 500;
            }
        }

        if (flows > 0 && lasting > 1)
        {
            // RFC 5626 §6: a flow is registered alone.
            return 400;
        }

        if (!isWildcard)
        {
            return lasting > user.MaxContacts ? 403 : 200;
        }

        return count > 1 || DeltaSeconds.Read(register.First(HeaderId.Expires)) != 0 ? 400 : AnyIsNewer(register, user.Aor) ? 500 : 200;
    }

    private bool AnyIsNewer(SipMessage register, ReadOnlySpan<byte> aor)
    {
        for (var slot = Bindings.First(aor); slot >= 0; slot = Bindings.Next(slot, aor))
        {
            if (IsOld(slot, register))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>RFC 3261 §10.3 step 7: of one client's requests only what comes later counts.</summary>
    private bool IsOld(int slot, SipMessage register)
    {
        ref var binding = ref Bindings[slot];
        return binding.CSeq >= register.CSeq && binding.CallId.SequenceEqual(register[register.CallId]);
    }

    /// <summary>Bound by this very request.</summary>
    private bool IsOf(int slot, SipMessage register)
    {
        ref var binding = ref Bindings[slot];
        return binding.CSeq == register.CSeq && binding.CallId.SequenceEqual(register[register.CallId]);
    }

    private void Apply(SipMessage register, in Flow flow, in RegisteringUser user, RegistrarSettings settings, SipExtensions extensions)
    {
        var path = ReadPath(register);
        foreach (var value in new RegisterContacts(register))
        {
            _ = TryContact(value, extensions, out var contact);
            var seconds = settings.Grant(Asked(register, contact));
            var slot = Bindings.Find(user.Aor, contact, new RegisteringPlace(register, flow, user.IsNatAware));
            if (seconds > 0)
            {
                Bind(slot, register, flow, user, contact, path, seconds);
            }
            else if (slot >= 0)
            {
                Remove(slot);
            }
        }

        RemoveBeyond(user, register);
    }

    private void Bind(int slot, SipMessage register, in Flow flow, in RegisteringUser user, in ContactToRegister contact, ReadOnlySpan<byte> path, int seconds)
    {
        if (slot < 0)
        {
            slot = Bindings.Add(++_lastId, user.Aor);
        }

        var texts = new BindingTexts
        {
            Aor = user.Aor,
            Contact = contact.Uri.Text,
            CallId = register[register.CallId],
            Instance = contact.Instance,
            Path = path,
            Agent = register.First(HeaderId.UserAgent),
        };
        ref var binding = ref Bindings[slot];
        var traits = (contact.RegId != 0 ? BindingTraits.IsOutbound : 0) | (user.IsNatAware && NatSigns.AreIn(register, flow) ? BindingTraits.IsBehindNat : 0);
        var isRefresh = binding.Texts.Length == texts.Length && binding.Flow == flow && binding.Traits == traits && binding.Q == contact.Q && binding.Holds(texts);
        (binding.CSeq, binding.RegId, binding.Q, binding.Traits) = (register.CSeq, contact.RegId, (short)contact.Q, traits);
        if (!isRefresh)
        {
            if (!binding.Instance.SequenceEqual(texts.Instance) || !binding.CallId.SequenceEqual(texts.CallId))
            {
                binding.Since = SinceOf(slot, texts);
            }

            Bindings.Write(slot, texts);
            Bindings.SetFlow(slot, flow);
        }

        Bindings.SetRealm(slot, _lane.Group(flow.Listener));
        Bindings.EndAt(slot, _lane.Now + (seconds * 1000L));
        KeepAlives?.Watch(slot);
        Keep(slot, isRefresh);
    }

    /// <summary>
    /// A device whose address has changed leaves its old contacts behind: those that end first make room, and none of the request itself,
    /// which has no more than may stand.
    /// </summary>
    private void RemoveBeyond(in RegisteringUser user, SipMessage register)
    {
        while (true)
        {
            var (count, oldest) = (0, -1);
            for (var slot = Bindings.First(user.Aor); slot >= 0; slot = Bindings.Next(slot, user.Aor))
            {
                count++;
                if (!IsOf(slot, register) && (oldest < 0 || Bindings[slot].Expires < Bindings[oldest].Expires))
                {
                    oldest = slot;
                }
            }

            if (count <= user.MaxContacts)
            {
                return;
            }

            Remove(oldest);
        }
    }

    private void RemoveAll(ReadOnlySpan<byte> aor)
    {
        for (var slot = Bindings.First(aor); slot >= 0; slot = Bindings.First(aor))
        {
            Remove(slot);
        }
    }

    private void Remove(int slot)
    {
        _lastWrite = _journal?.Forget(Bindings[slot].Id) ?? 0;
        Bindings.Remove(slot);
    }

    internal static bool IsWildcard(SipMessage register)
    {
        foreach (var value in new RegisterContacts(register))
        {
            if (value.SequenceEqual("*"u8))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>RFC 5626 §4.2, §6: a reg-id counts only of a device that does Outbound.</summary>
    private static bool TryContact(ReadOnlySpan<byte> value, SipExtensions extensions, out ContactToRegister contact) =>
        ContactToRegister.TryParse(value, (extensions & SipExtensions.Outbound) != 0, out contact);

    /// <summary>The seconds asked for: the contact's own go before those of all (RFC 3261 §10.2.1.1); −1: none.</summary>
    internal static int Asked(SipMessage register, in ContactToRegister contact) =>
        contact.Expires >= 0 ? contact.Expires : DeltaSeconds.Read(register.First(HeaderId.Expires));

    /// <summary>RFC 5626 §6: straight from the device, or by an edge proxy that keeps flows, whose Path says "ob".</summary>
    private bool IsFirstHopOutbound(SipMessage register)
    {
        var path = ReadPath(register);
        if (path.IsEmpty)
        {
            return !NatSigns.HasSecondVia(register);
        }

        ReadOnlySpan<byte> last = default;
        foreach (var value in new ValueList(path))
        {
            last = value;
        }

        return NameAddress.TryParse(last, out var address) && SipUri.TryParse(address.Uri, out var uri) && Parameters.TryGet(uri.Parameters, "ob"u8, out _);
    }

    private void Keep(int slot, bool isRefresh)
    {
        if (_journal is null)
        {
            return;
        }

        ref var binding = ref Bindings[slot];
        _lastWrite = isRefresh ? _journal.Refresh(binding.Id, binding.CSeq, TimeOf(binding.Expires)) : _journal.Keep(RecordOf(slot));
    }

    /// <summary>The binding as others are told of it.</summary>
    internal BindingRecord RecordOf(int slot)
    {
        ref var binding = ref Bindings[slot];
        return new BindingRecord(binding.Id, Encoding.UTF8.GetString(binding.Aor), Encoding.UTF8.GetString(binding.Contact), Encoding.UTF8.GetString(binding.CallId),
            binding.CSeq, TimeOf(binding.Expires), binding.Flow, binding.Traits, binding.Q, Encoding.UTF8.GetString(binding.Instance), binding.RegId,
            Encoding.UTF8.GetString(binding.Path), Encoding.UTF8.GetString(binding.Agent)) { Since = binding.Since };
    }
}
