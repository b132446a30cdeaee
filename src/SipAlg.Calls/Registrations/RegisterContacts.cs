using SipAlg.Protocol.Sip;

namespace SipAlg.Calls.Registrations;

/// <summary>Walks over the Contact values of a REGISTER.</summary>
internal ref struct RegisterContacts
{
    private readonly SipMessage _register;
    private int _field;
    private ValueList _values;

    public RegisterContacts(SipMessage register)
    {
        _register = register;
        _field = register.TryFirst(HeaderId.Contact, out var first) ? first : -1;
        _values = new ValueList(_field < 0 ? default : register[register.Fields[_field].Value]);
    }

    public readonly ReadOnlySpan<byte> Current => _values.Current;

    public bool MoveNext()
    {
        while (_field >= 0)
        {
            if (_values.MoveNext())
            {
                return true;
            }

            _field = _register.Next(_field);
            _values = new ValueList(_field < 0 ? default : _register[_register.Fields[_field].Value]);
        }

        return false;
    }

    public readonly RegisterContacts GetEnumerator() => this;
}
