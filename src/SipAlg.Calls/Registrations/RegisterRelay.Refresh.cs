using SipAlg.Calls.Model;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Transactions;
using SipAlg.Signaling.Transports;

namespace SipAlg.Calls.Registrations;

/// <content>Refreshes that the gateway answers itself, though it knows no password.</content>
internal sealed partial class RegisterRelay
{
    /// <summary>Answers what can only be the refresh of a binding that the registrar has accepted, and may wait to be told of it.</summary>
    private bool TryRefresh(TransactionId transaction, SipMessage register, in Flow flow, Realm realm, RelaySettings settings, ReadOnlySpan<byte> aor)
    {
        var contacts = new RegisterContacts(register);
        if (!contacts.MoveNext() || !ContactToRegister.TryParse(contacts.Current, isOutbound: false, out var contact))
        {
            return false;
        }

        var parameters = ParametersOf(contacts.Current);
        var slot = contacts.MoveNext() ? -1 : Bindings.Find(realm.Index, aor, contact, new RegisteringPlace(register, flow, realm.IsNatAware));
        if (slot < 0 || !IsSame(slot, register, flow, contact) || (Bindings.State(slot).Parameters != 0 && Bindings.State(slot).Parameters != parameters) || Registrar.Asked(register, contact) is 0)
        {
            return false;
        }

        ref var state = ref Bindings.State(slot);
        var wanted = RelayTimes.Wanted(Registrar.Asked(register, contact), settings);
        var granted = RelayTimes.Grant(wanted, state.Until - _lane.Lane.Now);
        if ((_lane.Lane.Now >= state.RefreshAt && !IsDown(settings)) || RelayTimes.IsTooShort(granted, wanted))
        {
            return false;
        }

        ref var binding = ref Bindings[slot];
        binding.CSeq = register.CSeq;
        state.Parameters = parameters;
        Bindings.EndAt(slot, _lane.Lane.Now + granted);
        KeepAlives.Watch(slot);
        _lastWrite = _registrar.Journal?.Refresh(binding.Id, binding.CSeq, _registrar.TimeOf(binding.Expires)) ?? 0;
        _refreshed[realm.Index]++;
        var writer = Begin(register, flow, 200, default);
        WriteBindings(ref writer, register, flow, realm, aor);
        writer.Finish(default);
        if (writer.Overflowed)
        {
            _lane.Transactions.Reply(transaction, register, flow, 513);
        }
        else
        {
            _registrar.Waiting.Respond(_lastWrite, transaction, 200, writer.Written);
        }

        return true;
    }

    /// <summary>The same phone at the same place says the same again, later. Its preference is known after a restart too, when its other parameters are not.</summary>
    private bool IsSame(int slot, SipMessage register, in Flow flow, in ContactToRegister contact)
    {
        ref var binding = ref Bindings[slot];
        var source = PhoneSource.Of(binding.Realm, flow);
        return source == Bindings.State(slot).Source && register.CSeq > binding.CSeq && binding.CallId.SequenceEqual(register[register.CallId]) &&
            binding.Contact.SequenceEqual(contact.Uri.Text) && binding.Q == contact.Q && binding.Instance.SequenceEqual(contact.Instance) && binding.Path.SequenceEqual(_registrar.ReadPath(register));
    }

    /// <summary>What a Contact says besides its URI and its time.</summary>
    private ulong ParametersOf(ReadOnlySpan<byte> contact)
    {
        var hash = 1UL;
        _ = NameAddress.TryParse(contact, out var address);
        var parameters = new Parameters(address.Parameters);
        while (parameters.MoveNext())
        {
            if (!System.Text.Ascii.EqualsIgnoreCase(parameters.Name, "expires"u8))
            {
                hash = (hash * 31) + _tokens.Of(parameters.Whole);
            }
        }

        return hash;
    }

    /// <summary>
    /// The Path of who knows it (RFC 3327 §5.3), and the contacts of an address-of-record that stand in its realm; what is more than a
    /// message holds is left out whole, since half a line would spoil a connection.
    /// </summary>
    private void WriteBindings(ref MessageWriter writer, SipMessage register, in Flow flow, Realm realm, ReadOnlySpan<byte> aor)
    {
        if (register.Has(HeaderId.Path) && (OptionTags.In(register, HeaderId.Supported) & SipExtensions.Path) != 0)
        {
            writer.Field("Path"u8, _registrar.ReadPath(register));
        }

        var from = new RegisteringPlace(register, flow, realm.IsNatAware);
        for (var slot = Bindings.First(realm.Index, aor); slot >= 0; slot = Bindings.Next(slot, realm.Index, aor))
        {
            if (from.IsNamesake(Bindings[slot]))
            {
                continue;
            }

            var before = writer;
            WriteContact(ref writer, ref Bindings[slot]);
            if (writer.Overflowed || writer.Length > _lane.Output.Length - Registrar.RoomForEnd)
            {
                writer = before;
            }
        }
    }

    private void WriteContact(ref MessageWriter writer, ref Binding binding)
    {
        writer.Write("Contact: <"u8);
        writer.Write(binding.Contact);
        writer.Write(">;expires="u8);
        writer.Write(Math.Max(0, binding.Expires - _lane.Lane.Now) / 1000);
        if (binding.Q != QValue.Most)
        {
            writer.Write(";q="u8);
            QValue.Write(ref writer, binding.Q);
        }

        if (!binding.Instance.IsEmpty)
        {
            writer.Write(";+sip.instance=\"<"u8);
            writer.Write(binding.Instance);
            writer.Write(">\""u8);
        }

        writer.EndLine();
    }
}
