using System.Text;
using SipAlg.Calls.Dialplan;
using SipAlg.Protocol.Sip;

namespace SipAlg.Calls.Messages;

/// <summary>The header fields of the request that the dialplan is asked about.</summary>
internal sealed class RequestHeaders : IRouteHeaders
{
    private readonly char[] _text = new char[SipLimits.Field];
    private SipMessage? _message;

    public RequestHeaders Of(SipMessage message)
    {
        _message = message;
        return this;
    }

    public bool TryFind(string name, int occurrence, out ReadOnlySpan<char> value)
    {
        value = default;
        var id = HeaderNames.Find(Encoding.UTF8.GetBytes(name));
        foreach (ref readonly var field in _message!.Fields)
        {
            var isNamed = id == HeaderId.Other ? Ascii.EqualsIgnoreCase(_message.LongName(field), name) : field.Id == id;
            if (isNamed && occurrence-- == 0)
            {
                value = _text.AsSpan(0, Encoding.UTF8.GetChars(_message[field.Value], _text));
                return true;
            }
        }

        return false;
    }
}
