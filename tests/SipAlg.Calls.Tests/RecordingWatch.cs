using System.Text;
using SipAlg.Calls.Calls;

namespace SipAlg.Calls.Tests;

/// <summary>Whoever looks on, and writes down what he is told.</summary>
internal sealed class RecordingWatch : ILiveWatch
{
    public List<string> Told { get; } = [];

    public void Started(CallRecord call) => Told.Add($"started {call.Caller} {call.Called}");

    public void Answered(CallRecord call) => Told.Add($"answered {call.Caller} {call.Called} {call.Answered is not null}");

    public void Registered(int realm, ReadOnlySpan<byte> aor, ReadOnlySpan<byte> contact) => Told.Add($"registered {realm} {Encoding.UTF8.GetString(aor)} {Encoding.UTF8.GetString(contact)}");

    public void Unregistered(int realm, ReadOnlySpan<byte> aor, ReadOnlySpan<byte> contact) => Told.Add($"unregistered {realm} {Encoding.UTF8.GetString(aor)} {Encoding.UTF8.GetString(contact)}");
}
