using SipAlg.Interop.Tests.Sipp;

namespace SipAlg.Interop.Tests.Flows;

/// <summary>Methods other than those of the call itself.</summary>
public sealed partial class FlowTests
{
    [Theory]
    [InlineData("INFO", true)]
    [InlineData("INFO", false)]
    [InlineData("MESSAGE", true)]
    [InlineData("MESSAGE", false)]
    [InlineData("NOSUCH", true)]
    [InlineData("NOSUCH", false)]
    public Task A_request_in_the_dialog_crosses_with_its_body_and_its_answer(string method, bool isCaller) => ChangeAsync(
        isCaller,
        asks => asks.Request(method, new Body("text/plain", "said here\n"), "X-Kept: yes\n").Expect(415, method, Check.Field("X-Why", "no text")),
        answers => answers.Expect(method, Check.Body("said here"), Check.Field("Content-Type", "text/plain"), Check.Field("X-Kept", "yes")).Answer(415, headers: "X-Why: no text\n"));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task Options_in_the_dialog(bool isCaller) => ChangeAsync(
        isCaller,
        asks => asks.Request("OPTIONS").Expect(200, "OPTIONS", Check.Field("Allow", "INVITE")),
        answers => answers);

    [Fact]
    public Task Allow_says_what_the_other_side_takes() => PlayAsync(
        Caller.Invite(Offer).Expect(200, Check.Field("Allow", "MESSAGE")).Ack().HangUp(),
        Callee.Expect("INVITE", Check.Field("Allow", "INFO"), Check.Field("Allow", "UPDATE")).Accept(Reply).HungUp());
}
