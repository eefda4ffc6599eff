import { type Html, html } from "@hawser/report";

/** Asks for the token; `to` is where to go then. */
export const loginPage = (to: string, wrong: string | undefined): Html => html`<section class="card login">
<h1>Log in</h1>
${wrong !== undefined && html`<p class="mark bad" role="alert"><i aria-hidden="true">✗</i> ${wrong}</p>`}
<form method="post" action="/login">
<input type="hidden" name="to" value="${to}">
<p><label for="token">Token</label>
<input id="token" name="token" type="password" autocomplete="current-password" required autofocus></p>
<p><button class="main">Show the dashboard</button></p>
</form>
<p class="small soft">Who started the dashboard has the token: it is HAWSER_DASHBOARD_TOKEN, or was printed at its start.</p>
</section>`;
