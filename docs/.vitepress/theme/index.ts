// The theme without fonts: a page asks nobody but the site itself.
import theme from "vitepress/theme-without-fonts";
import "./style.css";

export default theme;
