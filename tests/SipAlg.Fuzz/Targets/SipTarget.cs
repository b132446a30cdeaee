using SipAlg.Fuzz.Engine;
using SipAlg.Protocol.Sip;
using SipAlg.Testing.Hostile;

namespace SipAlg.Fuzz.Targets;

/// <summary>
/// The message parser and all that reads header values: slices within the message, nothing allocated, and a sound message that is
/// written anew from what was read of it is read the same.
/// </summary>
internal sealed class SipTarget() : Target("sip", 170, Load("sip-torture", "*.dat"), SipWords.All)
{
    private readonly MessageSoundness _soundness = new();
    private readonly SipMessage _message = new();
    private readonly SipMessage _again = new();
    private readonly byte[] _written = new byte[2 * SipLimits.Message];

    public override bool Generate(FuzzInput input, Dice dice)
    {
        new SipGrammar(input, dice).Write();
        return true;
    }

    public override string? Check(FuzzInput input, Features features)
    {
        var isStream = (input.Length & 1) == 0;
        var before = GC.GetAllocatedBytesForCurrentThread();
        var fault = SipParser.Parse(_message, input.Buffer, FuzzInput.Start, input.Length, isStream);
        if (GC.GetAllocatedBytesForCurrentThread() != before)
        {
            return "The parser allocates.";
        }

        Note(fault, features);
        return _soundness.Problem(_message, fault, FuzzInput.Start, input.Length, isStream) ?? (fault == MessageFault.None ? WriteAgain() : null);
    }

    private void Note(MessageFault fault, Features features)
    {
        features.Add((int)fault, _message.IsRequest ? 1000 + (int)_message.Method : _message.Status / 100);
        features.AddSize(100 + (int)fault, _message.FieldCount);
        features.AddSize(200 + (int)fault, _message.Body.Length);
        var previous = 0;
        foreach (var field in _message.Fields)
        {
            features.Add(300 + (int)field.Id, ((int)fault << 8) | Math.Min(32 - int.LeadingZeroCount(field.Value.Length), 12));
            features.Add(500 + previous, (int)field.Id);
            previous = (int)field.Id;
        }

        features.AddSize(400, _message.FromTag.Length);
        features.AddSize(401, _message.ToTag.Length);
        features.AddSize(402, _message.CallId.Length);
        features.AddSize(403, _message.Branch.Length);
        features.AddSize(404, (int)_message.CSeq);
    }

    private string? WriteAgain()
    {
        if (_message.FieldCount == SipLimits.Fields && !_message.Has(HeaderId.ContentLength))
        {
            return null;
        }

        var writer = new MessageWriter(_written);
        WriteStart(ref writer);
        foreach (var field in _message.Fields)
        {
            if (field.Id != HeaderId.ContentLength)
            {
                writer.Field(_message.LongName(field), _message[field.Value]);
            }
        }

        writer.Finish(_message.BodyOctets);
        var fault = SipParser.Parse(_again, _written, 0, writer.Length, isStream: true);
        return writer.Overflowed || writer.Length > SipLimits.Message || HasLongField() ? null
            : fault != MessageFault.None ? $"Written again it is malformed: {fault}."
            : IsSame() ? null : "Written again it is another message.";
    }

    /// <summary>A short form that grew may pass the limit of a field.</summary>
    private bool HasLongField()
    {
        foreach (var field in _message.Fields)
        {
            if (field.Value.Length > SipLimits.Field - 64)
            {
                return true;
            }
        }

        return false;
    }

    private void WriteStart(ref MessageWriter writer)
    {
        if (_message.IsRequest)
        {
            writer.Write(_message[_message.MethodText]);
            writer.Write((byte)' ');
            writer.Write(_message[_message.RequestUri]);
            writer.Write(" SIP/2.0\r\n"u8);
            return;
        }

        writer.Write("SIP/2.0 "u8);
        writer.Write(_message.Status);
        writer.Write((byte)' ');
        writer.Write(_message[_message.Reason]);
        writer.EndLine();
    }

    private bool IsSame()
    {
        var isSame = _again.Status == _message.Status && _again.Method == _message.Method && _again.CSeq == _message.CSeq && _again.MaxForwards == _message.MaxForwards &&
            Same(_message.MethodText, _again.MethodText) && Same(_message.RequestUri, _again.RequestUri) && Same(_message.CallId, _again.CallId) && Same(_message.FromTag, _again.FromTag) &&
            Same(_message.ToTag, _again.ToTag) && Same(_message.TopVia, _again.TopVia) && Same(_message.Branch, _again.Branch) && Same(_message.Body, _again.Body);
        var other = 0;
        foreach (var field in _message.Fields)
        {
            if (field.Id == HeaderId.ContentLength)
            {
                continue;
            }

            var written = _again.Fields[other++];
            isSame = isSame && written.Id == field.Id && Same(field.Value, written.Value);
        }

        return isSame && _again.FieldCount == other + 1;
    }

    private bool Same(Slice one, Slice other) => _message[one].SequenceEqual(_again[other]);
}
