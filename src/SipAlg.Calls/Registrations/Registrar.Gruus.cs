using System.Text;
using SipAlg.Calls.Headers;
using SipAlg.Protocol.Sip;

namespace SipAlg.Calls.Registrations;

/// <content>The names of single devices (RFC 5627): a public one, which never changes, and a temporary one, which says nothing.</content>
public sealed partial class Registrar
{
    /// <summary>RFC 5627 §5.2: each REGISTER is answered a new temporary GRUU, beside which the ones before stay good.</summary>
    private void WriteGruus(ref MessageWriter writer, in Binding binding, in RegisteringUser user)
    {
        writer.Write(";pub-gruu=\"sip:"u8);
        UriWriter.WriteUser(ref writer, Encoding.UTF8.GetString(user.Name));
        writer.Write((byte)'@');
        writer.Write(user.Domain);
        writer.Write(";gr="u8);
        WriteParameterValue(ref writer, binding.Instance);
        writer.Write("\";temp-gruu=\"sip:"u8);
        _gruus.WriteUser(ref writer, user.Name, _gruus.RegistrationOf(binding));
        writer.Write((byte)'@');
        writer.Write(user.Domain);
        writer.Write(";gr\""u8);
    }

    /// <summary>
    /// Since when its device has been registered as it is now: it has been where another of its contacts says so, else it is newer than
    /// whatever stands, also where the clock has been set back.
    /// </summary>
    private long SinceOf(int slot, in BindingTexts texts)
    {
        var newest = Bindings[slot].Since;
        for (var other = Bindings.First(texts.Aor); other >= 0; other = Bindings.Next(other, texts.Aor))
        {
            if (other != slot && Bindings[other].Instance.SequenceEqual(texts.Instance) && Bindings[other].CallId.SequenceEqual(texts.CallId))
            {
                return Bindings[other].Since;
            }

            newest = Math.Max(newest, Bindings[other].Since);
        }

        return Math.Max(_time.GetUtcNow().ToUnixTimeMilliseconds(), newest + 1);
    }

    /// <summary>RFC 3261 §25.1 paramchar.</summary>
    private static void WriteParameterValue(ref MessageWriter writer, scoped ReadOnlySpan<byte> value)
    {
        foreach (var octet in value)
        {
            if (char.IsAsciiLetterOrDigit((char)octet) || "-_.!~*'()[]/:&+$"u8.Contains(octet))
            {
                writer.Write(octet);
            }
            else
            {
                writer.Write((byte)'%');
                writer.Write("0123456789ABCDEF"u8[octet >> 4]);
                writer.Write("0123456789ABCDEF"u8[octet & 15]);
            }
        }
    }

    /// <summary>RFC 5627 §5.1: a device cannot be reached at its own GRUU, which leads to its contact.</summary>
    private static bool IsOwnGruu(in SipUri contact, in RegisteringUser user) =>
        contact.TryParameter("gr"u8, out _) && Ascii.EqualsIgnoreCase(contact.Host, user.Domain);

    /// <summary>Whether a GRUU names the device of this binding, and is valid still.</summary>
    private bool IsNamedBy(NamedDevice device, int slot, ReadOnlySpan<byte> aor)
    {
        ref var binding = ref Bindings[slot];
        return device.IsTemporary
            ? !binding.Instance.IsEmpty && _gruus.RegistrationOf(binding) == device.Registration && IsNewestRegistration(slot, aor)
            : binding.Instance.SequenceEqual(device.Instance);
    }

    /// <summary>
    /// A device that has registered anew, with another Call-ID, has given its temporary GRUUs up, though its former contact still stands;
    /// it may have come back to one that is older than that. Flows of Outbound are registered each for itself and stand beside one another.
    /// </summary>
    private bool IsNewestRegistration(int slot, ReadOnlySpan<byte> aor)
    {
        ref var binding = ref Bindings[slot];
        for (var other = Bindings.First(aor); other >= 0; other = Bindings.Next(other, aor))
        {
            ref var later = ref Bindings[other];
            if (binding.RegId == 0 && later.RegId == 0 && (later.Since, later.Id).CompareTo((binding.Since, binding.Id)) > 0 && later.Instance.SequenceEqual(binding.Instance) && !later.CallId.SequenceEqual(binding.CallId))
            {
                return false;
            }
        }

        return true;
    }
}
