using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Identifiers;
using SipAlg.Signaling.Messages;
using SipAlg.Signaling.Transactions;
using SipAlg.Signaling.Transports;

namespace SipAlg.Calls.Registrations;

/// <content>What a REGISTER is answered (RFC 3261 §10.3 step 8).</content>
public sealed partial class Registrar
{
    /// <summary>
    /// How often a device is to show that its flow lives (RFC 5626 §4.4); seconds. Told of a connection alone: over UDP the device would
    /// go by it in place of the 24 to 29 s of its own, and few NATs wait for as long.
    /// </summary>
    private const int FlowTimer = 120;

    /// <summary>Content-Length and the empty line; and what UDP takes of a datagram.</summary>
    internal const int RoomForEnd = 64;

    private void Answer(TransactionId transaction, SipMessage register, in Flow flow, in RegisteringUser user, RegistrarSettings settings, SipExtensions extensions)
    {
        var writer = Begin(register, flow, 200);
        if (register.Has(HeaderId.Path) && (extensions & SipExtensions.Path) != 0)
        {
            writer.Field("Path"u8, ReadPath(register));
        }

        if (!settings.ServiceRoute.IsEmpty)
        {
            writer.Field("Service-Route"u8, settings.ServiceRoute.Span);
        }

        writer.Field("Supported"u8, "path, outbound, gruu"u8);
        if (IsOfFlow(register, extensions))
        {
            // RFC 5626 §6
            writer.Field("Require"u8, "outbound"u8);
            if (flow.IsReliable && !register.Has(HeaderId.Path))
            {
                writer.Field("Flow-Timer"u8, FlowTimer);
            }
        }

        WriteDate(ref writer);
        WriteContacts(ref writer, register, flow, user, (extensions & SipExtensions.Gruu) != 0);
        writer.Finish(default);
        if (writer.Overflowed)
        {
            _transactions.Reply(transaction, register, flow, 513);
        }
        else
        {
            _waiting.Respond(_lastWrite, transaction, 200, writer.Written);
        }
    }

    /// <summary>It is about one of a device's flows: other devices of the user may have some, and be none of its business.</summary>
    private static bool IsOfFlow(SipMessage register, SipExtensions extensions)
    {
        foreach (var value in new RegisterContacts(register))
        {
            if (TryContact(value, extensions, out var contact) && contact.RegId != 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>All of them, the newest first; what is more than a message holds is left out whole, since half a line would spoil a connection.</summary>
    private void WriteContacts(ref MessageWriter writer, SipMessage register, in Flow flow, in RegisteringUser user, bool hasGruus)
    {
        var from = new RegisteringPlace(register, flow, user.IsNatAware);
        for (var slot = Bindings.First(user.Aor); slot >= 0; slot = Bindings.Next(slot, user.Aor))
        {
            if (from.IsNamesake(Bindings[slot]))
            {
                continue;
            }

            var before = writer;
            WriteContact(ref writer, ref Bindings[slot], user, hasGruus);
            if (writer.Overflowed || writer.Length > _output.Length - RoomForEnd)
            {
                writer = before;
            }
        }
    }

    private void WriteContact(ref MessageWriter writer, ref Binding binding, in RegisteringUser user, bool hasGruus)
    {
        writer.Write("Contact: <"u8);
        writer.Write(binding.Contact);
        writer.Write(">;expires="u8);
        writer.Write(Math.Max(0, binding.Expires - _lane.Now + 999) / 1000);
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

        if (binding.RegId != 0)
        {
            writer.Write(";reg-id="u8);
            writer.Write(binding.RegId);
        }

        if (hasGruus && binding.Instance.Length is > 0 and <= SipLimits.Identifier)
        {
            WriteGruus(ref writer, binding, user);
        }

        writer.EndLine();
    }

    /// <summary>Phones without a clock of their own take it from here (RFC 3261 §10.3 step 8, §20.17).</summary>
    private void WriteDate(ref MessageWriter writer)
    {
        Span<byte> date = stackalloc byte[32];
        _ = _time.GetUtcNow().TryFormat(date, out var length, "R", System.Globalization.CultureInfo.InvariantCulture);
        writer.Field("Date"u8, date[..length]);
    }

    private void Refuse(TransactionId transaction, SipMessage register, in Flow flow, int status, RegistrarSettings settings, in RegisteringUser user)
    {
        var writer = Begin(register, flow, status, status == 403 ? WhyForbidden(register, user) : default);
        if (status == 423)
        {
            writer.Field("Min-Expires"u8, (long)settings.Least.TotalSeconds);
        }

        writer.Finish(default);
        _transactions.Respond(transaction, status, writer.Written);
    }

    /// <summary>Of the two causes there are a GRUU is judged first: contacts that end count for nothing, so that their number alone tells nothing.</summary>
    private static ReadOnlySpan<byte> WhyForbidden(SipMessage register, in RegisteringUser user)
    {
        foreach (var value in new RegisterContacts(register))
        {
            if (TryContact(value, default, out var contact) && IsOwnGruu(contact.Uri, user))
            {
                return "A GRUU is no contact"u8;
            }
        }

        return "Too many contacts"u8;
    }

    private MessageWriter Begin(SipMessage register, in Flow flow, int status, ReadOnlySpan<byte> phrase = default)
    {
        Span<byte> tag = stackalloc byte[MintedId.TextLength];
        var writer = new MessageWriter(_output);
        ResponseHead.Write(ref writer, register, flow, status, phrase, tag[.._lane.MintId(0).Format(tag)]);
        return writer;
    }

    /// <summary>The journal has kept all writes up to this one; from any thread.</summary>
    public void Kept(long write) => _waiting.Kept(write);
}
